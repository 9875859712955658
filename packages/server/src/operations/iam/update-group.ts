import { onGroup } from '../on-group.ts'
import { requireFreeName } from './new-entity.ts'

export const updateGroup = onGroup({
  name: 'UpdateGroup',
  summary: 'Gives a group another name or path; its users and policies stay.',
  // Nobody moves somebody out of, or into, what he may not administer.
  renamed: ({ NewGroupName: name, NewPath: path }) => ({
    ...(name !== undefined && { name }),
    ...(path !== undefined && { path }),
  }),
  async handle({ input, subject: { group }, parts: { catalog }, changes }) {
    const { NewGroupName: name = group.value.name, NewPath: path = group.value.path } = input
    const { account } = group.value
    if (name.toLowerCase() !== group.value.name.toLowerCase()) {
      await requireFreeName('group', { account, name }, catalog)
    }
    changes.replace('group', group, { ...group.value, name, path })
    return {}
  },
})
