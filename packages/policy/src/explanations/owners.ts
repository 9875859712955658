import type { AccessRequest } from '../access-request.ts'
import type { Authority } from '../authority.ts'
import type { Layer } from '../layers.ts'
import type { Owner } from './explanation.ts'

/** Whose job each layer is: nobody should be sent to an administrator who cannot help. */
export function ownerOf(layer: Layer, authority: Authority, { principal }: AccessRequest): Owner {
  const callerAccount = principal.kind === 'service' ? authority.resourceAccount : principal.account
  switch (layer) {
    case 'service-control-policy':
      return { role: 'organization-administrator', account: callerAccount }
    case 'resource-control-policy':
      return { role: 'organization-administrator', account: authority.resourceAccount }
    case 'endpoint-policy':
      return { role: 'network-administrator', account: callerAccount }
    case 'identity-policy':
    case 'permissions-boundary':
      return { role: 'iam-administrator', account: callerAccount }
    case 'session-policy':
      return { role: 'caller' }
    case 'trust-policy':
      return { role: 'iam-administrator', account: authority.resourceAccount }
    case 'key-policy':
    case 'grant':
    case 'cross-account':
      return { role: 'key-administrator', account: authority.resourceAccount }
  }
}

/** Every owner once. */
export function distinctOwners(owners: readonly Owner[]): Owner[] {
  const byName = new Map(owners.map((owner) => [`${owner.role} ${owner.account ?? ''}`, owner]))
  return [...byName.values()]
}
