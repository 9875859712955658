import { Refusal } from '../../protocol/errors.ts'
import { onRole } from '../on-role.ts'

export const deleteServiceLinkedRole = onRole({
  name: 'DeleteServiceLinkedRole',
  summary: "Deletes a service's role, with what it has, and names the task by which to ask what came of it.",
  async handle({ subject: { role }, call, parts: { catalog, chance }, changes }) {
    const { account, uniqueId, name, path, linkedService } = role.value
    if (linkedService === undefined) {
      throw new Refusal('NoSuchEntityException', `The service-linked role with name ${name} cannot be found.`)
    }
    for (const { value, version } of await catalog.store.list('attachment', {
      prefix: [account, uniqueId],
      limit: Number.MAX_SAFE_INTEGER,
    })) {
      changes.remove('attachment', [account, uniqueId, value.policyArn], version)
    }
    changes.remove('role', [account, uniqueId], role.version)
    changes.remove('lastUse', [uniqueId])
    const taskId = `task${path}${name}/${chance.uuid()}`
    changes.add('roleDeletion', { account, taskId, at: call.now })
    return { DeletionTaskId: taskId }
  },
})
