import { entityArn } from '../../identity/entity.ts'
import type { InstanceProfile } from '../../identity/instance-profile.ts'
import { readTags } from '../../identity/tags.ts'
import { newUniqueId } from '../../identity/unique-id.ts'
import { needsToMake, onIamAccount } from '../iam-operation.ts'
import { instanceProfileDetail } from './instance-profile-detail.ts'
import { requireRoomForNew } from './new-entity.ts'

export const createInstanceProfile = onIamAccount({
  name: 'CreateInstanceProfile',
  summary: 'Makes an instance profile, which has no role yet.',
  defaults: { Path: '/' },
  check: (input) => void readTags(input.Tags),
  needs: (input, { caller: { account } }) =>
    needsToMake('CreateInstanceProfile', {
      resource: entityArn('instanceProfile', {
        account,
        path: input.Path ?? '/',
        name: input.InstanceProfileName,
      }),
      tagging: 'TagInstanceProfile',
      tags: input.Tags,
    }),
  async handle({ input, call, parts: { catalog, chance, limits }, changes }) {
    const { account } = call.caller
    const { InstanceProfileName: name, Path: path = '/' } = input
    await requireRoomForNew('instanceProfile', { account, name }, { catalog, limits })
    const profile: InstanceProfile = {
      account,
      uniqueId: newUniqueId('instanceProfile', chance),
      name,
      path,
      createdAt: call.now,
      tags: readTags(input.Tags),
    }
    changes.add('instanceProfile', profile)
    return { InstanceProfile: await instanceProfileDetail(profile, catalog) }
  },
})
