import type { InstanceProfile } from '../../identity/instance-profile.ts'
import { requireRoom } from '../../identity/quotas.ts'
import type { Role } from '../../identity/role.ts'
import { roleArn } from '../../identity/role.ts'
import type { IamOperations } from '../../protocol/models/iam.ts'
import type { Stored } from '../../storage/store.ts'
import { declaredIam, iamNeed } from '../iam-operation.ts'
import { entityNeed, requireThere } from '../on-entity.ts'
import { requireModifiable } from '../on-role.ts'
import type { Operation, Subject } from '../operation.ts'

type Types = IamOperations['AddRoleToInstanceProfile']

/** Both that were named, there or not. */
interface Named extends Subject {
  readonly profile: Stored<InstanceProfile> | undefined
  readonly role: Stored<Role> | undefined
}

/** What a machine gets its role from. */
const machines = 'ec2.amazonaws.com'

/** Whoever hands a role on must be allowed to pass it. */
export const addRoleToInstanceProfile: Operation<Types['input'], Types['output'], Named> = {
  ...declaredIam({ name: 'AddRoleToInstanceProfile', summary: 'Puts a role into an instance profile.' }),
  async find(input, { caller: { account } }, { catalog: { principals } }) {
    const profile = await principals.byName('instanceProfile', account, input.InstanceProfileName)
    return { keys: [], profile, role: await principals.byName('role', account, input.RoleName) }
  },
  needs: ({ InstanceProfileName, RoleName }, { profile, role }, call) => [
    entityNeed('AddRoleToInstanceProfile', {
      kind: 'instanceProfile',
      name: InstanceProfileName,
      found: profile?.value,
      call,
      facts: {},
    }),
    iamNeed('PassRole', {
      resource: roleArn(role?.value ?? { account: call.caller.account, path: '/', name: RoleName }),
      facts: { passedToService: machines, ...(role && { resourceTags: role.value.tags }) },
    }),
  ],
  require({ InstanceProfileName, RoleName }, { profile, role }) {
    requireThere('instanceProfile', InstanceProfileName, profile)
    requireModifiable(requireThere('role', RoleName, role).value)
  },
  async handle({ input, subject, changes }) {
    const profile = requireThere('instanceProfile', input.InstanceProfileName, subject.profile)
    const role = requireThere('role', input.RoleName, subject.role)
    requireRoom('InstanceSessionsPerInstanceProfile', profile.value.roleId === undefined ? 0 : 1)
    changes.replace('instanceProfile', profile, { ...profile.value, roleId: role.value.uniqueId })
    // It must still be there.
    changes.replace('role', role, role.value)
    return {}
  },
}
