import type { Catalog } from '../../catalog/catalog.ts'
import type { UserPolicy } from '../../identity/user.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { Stored } from '../../storage/store.ts'
import { onUser } from '../on-user.ts'

export const getUserPolicy = onUser({
  name: 'GetUserPolicy',
  summary: 'Shows an identity policy of a user, URL-encoded as IAM does.',
  async handle({ input, subject: { user }, parts: { catalog } }) {
    const { value } = await findUserPolicy(user.value, input.PolicyName, catalog)
    return {
      UserName: user.value.name,
      PolicyName: value.name,
      PolicyDocument: encodeURIComponent(value.text),
    }
  },
})

/** @throws Refusal `NoSuchEntityException` */
export async function findUserPolicy(
  user: { readonly account: string; readonly uniqueId: string },
  name: string,
  catalog: Catalog,
): Promise<Stored<UserPolicy>> {
  const stored = await catalog.store.find('userPolicy', [user.account, user.uniqueId, name])
  if (stored === undefined) {
    throw new Refusal('NoSuchEntityException', `The user policy with name ${name} cannot be found.`)
  }
  return stored
}
