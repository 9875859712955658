import { awsManagedPolicies } from '../../identity/aws-managed-policy.ts'
import { lowerName } from '../../identity/entity.ts'
import { policyArn, policyOrder } from '../../identity/managed-policy.ts'
import type { EntityType } from '../../protocol/models/iam.ts'
import { iamNeed, onIamAccount } from '../iam-operation.ts'
import type { Parts } from '../parts.ts'
import { fullGroup, fullPolicy, fullRole, fullUser } from './full-details.ts'
import { pageOf } from './paging.ts'
import { policyUse } from './policy-detail.ts'

export const getAccountAuthorizationDetails = onIamAccount({
  name: 'GetAccountAuthorizationDetails',
  summary:
    'Shows all users, groups, roles and policies of the account, with everything that says who may what.',
  needs: () => [iamNeed('GetAccountAuthorizationDetails', { resource: '*' })],
  async handle({ input, call, parts }) {
    const { account } = call.caller
    const everything = await subjects(account, parts, input.Filter)
    const { items, ending } = pageOf(everything, input, ({ order }) => order)
    const { catalog } = parts
    const users = items.flatMap((item) => (item.type === 'User' ? [fullUser(item.value, catalog)] : []))
    const groups = items.flatMap((item) => (item.type === 'Group' ? [fullGroup(item.value, catalog)] : []))
    const roles = items.flatMap((item) => (item.type === 'Role' ? [fullRole(item.value, catalog)] : []))
    const policies = items.flatMap((item) =>
      item.type === 'Policy' ? [fullPolicy(item.value, account, catalog)] : [],
    )
    return {
      UserDetailList: await Promise.all(users),
      GroupDetailList: await Promise.all(groups),
      RoleDetailList: await Promise.all(roles),
      Policies: await Promise.all(policies),
      ...ending,
    }
  },
})

/** All that is shown, in one order. AWS managed policies are among it where they are in use. */
async function subjects(
  account: string,
  { catalog: { store } }: Pick<Parts, 'catalog'>,
  filter: readonly EntityType[] = ['User', 'Group', 'Role', 'LocalManagedPolicy', 'AWSManagedPolicy'],
) {
  const all = { prefix: [account], limit: Number.MAX_SAFE_INTEGER }
  const wanted = (type: EntityType) => filter.includes(type)
  const users = wanted('User') ? await store.list('user', all) : []
  const groups = wanted('Group') ? await store.list('group', all) : []
  const roles = wanted('Role') ? await store.list('role', all) : []
  const own = wanted('LocalManagedPolicy') ? await store.list('managedPolicy', all) : []
  const used = []
  for (const policy of wanted('AWSManagedPolicy') ? awsManagedPolicies : []) {
    const { attachments, boundaries } = await policyUse(policyArn(policy), account, store)
    if (attachments + boundaries > 0) used.push({ value: policy })
  }
  return [
    ...users.map(({ value }) => ({ type: 'User' as const, value, order: `1 ${lowerName(value)}` })),
    ...groups.map(({ value }) => ({ type: 'Group' as const, value, order: `2 ${lowerName(value)}` })),
    ...roles.map(({ value }) => ({ type: 'Role' as const, value, order: `3 ${lowerName(value)}` })),
    ...[...own, ...used].map(({ value }) => ({
      type: 'Policy' as const,
      value,
      order: `4 ${policyOrder(value)}`,
    })),
  ]
}
