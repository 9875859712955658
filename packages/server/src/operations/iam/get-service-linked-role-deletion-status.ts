import { Refusal } from '../../protocol/errors.ts'
import { iamNeed, onIamAccount } from '../iam-operation.ts'

const name = 'GetServiceLinkedRoleDeletionStatus'

export const getServiceLinkedRoleDeletionStatus = onIamAccount({
  name,
  summary: "Says what came of the deletion of a service's role: here it was done at once.",
  needs: ({ DeletionTaskId: id }, { caller: { account } }) => [
    iamNeed(name, { resource: roleIn(id, account) }),
  ],
  async handle({ input: { DeletionTaskId: id }, call, parts: { catalog } }) {
    const deletion = await catalog.store.find('roleDeletion', [call.caller.account, id])
    if (deletion === undefined) {
      throw new Refusal('NoSuchEntityException', `Deletion Task Id: ${id} does not exist.`)
    }
    return { Status: 'SUCCEEDED' }
  },
})

/** A task's id has the path and name of its role in it. */
function roleIn(taskId: string, account: string): string {
  const [, role] = /^task\/(.+)\/[^/]+$/.exec(taskId) ?? []
  return role === undefined ? '*' : `arn:aws:iam::${account}:role/${role}`
}
