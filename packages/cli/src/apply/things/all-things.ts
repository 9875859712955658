import type { Installation } from '../installation.ts'
import type { WantedAccount } from '../installation-file.ts'
import { managedPolicyThing, providerThing } from './account-parts.ts'
import { keyThing } from './key.ts'
import { accountThing, controlPolicyThing, rootThing, unitThing } from './organization.ts'
import { groupThing, roleThing, userThing } from './principals.ts'
import type { Thing } from './thing.ts'

/** Everything a file describes, in the order in which things of one rank are made. */
export function allThings(installation: Installation): readonly Thing[] {
  const { organization, accounts } = installation.file
  const [own, ...members] = accounts
  const hasRoot = organization.controlPolicies.length + organization.attached.length > 0
  return [
    ...organization.controlPolicies.map((policy) => controlPolicyThing(policy, installation)),
    ...(hasRoot ? [rootThing(organization, installation)] : []),
    ...organization.units.map((unit) => unitThing(unit, installation)),
    ...(own?.alias === undefined ? [] : [accountThing(own, installation)]),
    ...members.map((account) => accountThing(account, installation)),
    ...accounts.flatMap((account) => thingsOf(account, installation)),
  ]
}

function thingsOf(account: WantedAccount, installation: Installation): readonly Thing[] {
  return [
    ...account.policies.map((policy) => managedPolicyThing(policy, account, installation)),
    ...account.providers.map((provider) => providerThing(provider, account, installation)),
    ...account.groups.map((group) => groupThing(group, account, installation)),
    ...account.users.map((user) => userThing(user, account, installation)),
    ...account.roles.map((role) => roleThing(role, account, installation)),
    ...account.keys.map((key) => keyThing(key, account, installation)),
  ]
}
