import { onUser } from '../on-user.ts'
import { requireFreeName } from './new-entity.ts'

export const updateUser = onUser({
  name: 'UpdateUser',
  summary: 'Gives a user another name or path. It stays who it is: policies and keys go with it.',
  // Nobody moves somebody out of, or into, what he may not administer.
  renamed: ({ NewUserName: name, NewPath: path }) => ({
    ...(name !== undefined && { name }),
    ...(path !== undefined && { path }),
  }),
  async handle({ input, subject: { user }, parts: { catalog }, changes }) {
    const { NewUserName: name = user.value.name, NewPath: path = user.value.path } = input
    const { account } = user.value
    if (name.toLowerCase() !== user.value.name.toLowerCase()) {
      await requireFreeName('user', { account, name }, catalog)
    }
    changes.replace('user', user, { ...user.value, name, path })
    return {}
  },
})
