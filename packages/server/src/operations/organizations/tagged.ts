import type { Target } from '../../catalog/organization-targets.ts'
import type { Organization } from '../../identity/organization.ts'
import type { OrganizationPolicy } from '../../identity/organization-policy.ts'
import type { Tag } from '../../identity/tags.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { Stored } from '../../storage/store.ts'
import type { Changes } from '../changes.ts'

/** What a tag operation names: a policy, or a root, unit or account. */
export interface Tagged {
  readonly organization: Stored<Organization>
  readonly policy: Stored<OrganizationPolicy> | undefined
  readonly targets: { readonly resource?: Target | undefined }
}

interface Named {
  readonly ResourceId: string
}

const isPolicy = ({ ResourceId: id }: Named) => id.startsWith('p-')

/** Where a tag operation finds what it names. */
export const taggedParts = {
  policyId: (input: Named) => (isPolicy(input) ? input.ResourceId : undefined),
  targets: (input: Named): { readonly resource?: string } =>
    isPolicy(input) ? {} : { resource: input.ResourceId },
}

/** The tags of what is named. @throws Refusal `TargetNotFoundException` */
export function tagsOf({ policy, targets }: Tagged): readonly Tag[] {
  const tags = policy?.value.tags ?? targets.resource?.tags
  if (tags === undefined) throw new Refusal('TargetNotFoundException')
  return tags
}

/** Has what is named get other tags. Nobody can tag policies that AWS manages. */
export function replaceTags(
  { organization, policy, targets: { resource } }: Tagged,
  tags: readonly Tag[],
  changes: Changes,
): void {
  if (policy?.value.awsManaged) {
    throw new Refusal(
      'InvalidInputException',
      "You can't perform the specified operation on that target entity.",
      { reason: 'TARGET_NOT_SUPPORTED' },
    )
  }
  if (policy !== undefined) changes.replace('organizationPolicy', policy, { ...policy.value, tags })
  else if (resource?.type === 'ACCOUNT')
    changes.replace('member', resource.stored, { ...resource.stored.value, tags })
  else if (resource?.type === 'ORGANIZATIONAL_UNIT')
    changes.replace('organizationalUnit', resource.stored, { ...resource.stored.value, tags })
  else changes.replace('organization', organization, { ...organization.value, rootTags: tags })
}
