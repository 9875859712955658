import { organizationArn, targetArn } from '../../identity/organization.ts'
import { onOrganization } from '../on-organization.ts'

export const describeOrganization = onOrganization({
  name: 'DescribeOrganization',
  summary: 'Shows the organization that the accounts here make up, to any of them.',
  forMembers: true,
  async handle({ subject: { organization }, parts: { catalog } }) {
    const { organizationId, managementAccount } = organization.value
    const email = (await catalog.store.find('account', [managementAccount]))?.value.email
    return {
      Organization: {
        Id: organizationId,
        Arn: organizationArn(organization.value),
        FeatureSet: 'ALL',
        MasterAccountArn: targetArn('account', managementAccount, organization.value),
        MasterAccountId: managementAccount,
        ...(email !== undefined && { MasterAccountEmail: email }),
        // Deprecated, and says the same of every organization; which types count is what ListRoots shows.
        AvailablePolicyTypes: [{ Type: 'SERVICE_CONTROL_POLICY', Status: 'ENABLED' }],
      },
    }
  },
})
