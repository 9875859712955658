import { onIamAccount } from '../iam-operation.ts'
import { listNeed } from './list-need.ts'
import { isBelow, storedPage } from './paging.ts'
import { listedRole } from './role-detail.ts'

export const listRoles = onIamAccount({
  name: 'ListRoles',
  summary: 'Lists the roles of the account, all or those below a path.',
  needs: (input, call) => [listNeed('ListRoles', 'role', input, call)],
  async handle({ input, call, parts: { catalog } }) {
    const prefix = [call.caller.account]
    const keep = isBelow(input.PathPrefix)
    const listed = { kind: 'role', index: 'name', prefix, keep } as const
    const { items, ending } = await storedPage(catalog.store, listed, input)
    const roles = await Promise.all(items.map((item) => listedRole(item, catalog)))
    return { Roles: roles, ...ending }
  },
})
