import { onIamAccount } from '../iam-operation.ts'
import { featuresOf, needsOf, organizationFor } from './root-features.ts'

const name = 'ListOrganizationsFeatures'

export const listOrganizationsFeatures = onIamAccount({
  name,
  summary: 'Lists what the management account can have sessions for, as root users of member accounts.',
  needs: needsOf(name),
  async handle(handling) {
    const code = 'AccountNotManagementOrDelegatedAdministratorException'
    return featuresOf((await organizationFor(handling, code)).value)
  },
})
