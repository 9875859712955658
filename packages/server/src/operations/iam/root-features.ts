import { invariant } from '../../base/invariant.ts'
import type { Organization } from '../../identity/organization.ts'
import type { RootFeature } from '../../identity/root-task.ts'
import { Refusal, type RefusalCode } from '../../protocol/errors.ts'
import type { Stored } from '../../storage/store.ts'
import { iamNeed } from '../iam-operation.ts'
import type { Handling, Subject } from '../operation.ts'

type Deed = Pick<Handling<object, Subject>, 'call' | 'parts' | 'changes'>

interface Features {
  readonly OrganizationId: string
  readonly EnabledFeatures: readonly RootFeature[]
}

/** The need of an operation on what is switched on for the root users of the organization's accounts. */
export const needsOf = (name: string) => () => [iamNeed(name, { resource: '*' })]

/** @throws Refusal with this code for every account but the management account */
export async function organizationFor(
  { call, parts }: Pick<Deed, 'call' | 'parts'>,
  otherwise: RefusalCode,
): Promise<Stored<Organization>> {
  const organization = await parts.catalog.organizations.organization()
  invariant(organization !== undefined, 'the organization is there from the first start on')
  if (organization.value.managementAccount === call.caller.account) return organization
  throw new Refusal(otherwise, 'The account making the request is not the management account.')
}

/** Switches something on or off; what is so already stays so. */
export async function switchFeature(
  feature: RootFeature,
  isOn: boolean,
  { call, parts, changes }: Deed,
): Promise<Features> {
  const organization = await organizationFor({ call, parts }, 'CallerIsNotManagementAccountException')
  const others = (organization.value.rootFeatures ?? []).filter((each) => each !== feature)
  const rootFeatures = isOn ? [...others, feature].sort() : others
  changes.replace('organization', organization, { ...organization.value, rootFeatures })
  return featuresOf({ ...organization.value, rootFeatures })
}

/** What is switched on, as IAM's answers have it. */
export function featuresOf({ organizationId, rootFeatures = [] }: Organization): Features {
  return { OrganizationId: organizationId, EnabledFeatures: rootFeatures }
}
