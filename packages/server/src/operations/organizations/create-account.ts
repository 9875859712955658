import type { Catalog } from '../../catalog/catalog.ts'
import { type AccountCreation, newAccountId, newCreationId } from '../../identity/organization.ts'
import { Refusal } from '../../protocol/errors.ts'
import { onOrganization } from '../on-organization.ts'
import { addAccount } from './add-account.ts'
import { creationDetail } from './details.ts'
import { readTags, tagFacts } from './tags.ts'

export const createAccount = onOrganization({
  name: 'CreateAccount',
  summary: 'Makes an account in the organization, with a role that the management account may assume.',
  check({ RoleName: roleName, Tags: tags }) {
    readTags(tags)
    if (!roleName?.startsWith('AWSServiceRoleFor')) return
    throw new Refusal('InvalidInputException', 'You provided a role name that is not valid.', {
      reason: 'INVALID_ROLE_NAME',
    })
  },
  facts: tagFacts,
  async handle({ input, subject: { organization }, call: { now }, parts: { catalog, chance }, changes }) {
    const { AccountName: name, Email: email } = input
    const request = { requestId: newCreationId(chance), accountName: name, requestedAt: now }
    const isTaken = await hasEmail(email, catalog)
    const accountId = await freeAccountId(catalog, () => newAccountId(chance))
    const creation: AccountCreation = isTaken
      ? { ...request, failureReason: 'EMAIL_ALREADY_EXISTS' }
      : { ...request, accountId }
    changes.add('accountCreation', creation)
    if (!isTaken) {
      const account = { accountId, name, email, createdAt: now }
      const roleName = input.RoleName ?? 'OrganizationAccountAccessRole'
      addAccount(
        { account, roleName, tags: readTags(input.Tags), organization: organization.value, chance },
        changes,
      )
    }
    return { CreateAccountStatus: creationDetail(creation, now) }
  },
})

async function hasEmail(email: string, { store }: Catalog): Promise<boolean> {
  const owners = await store.list('account', { index: 'email', prefix: [email.toLowerCase()], limit: 1 })
  return owners.length > 0
}

async function freeAccountId({ principals }: Catalog, next: () => string): Promise<string> {
  for (;;) {
    const accountId = next()
    if (!(await principals.hasAccount(accountId))) return accountId
  }
}
