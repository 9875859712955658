import type { Need } from '../../access/need.ts'
import type { Call } from '../../call/call.ts'
import { iamNeed } from '../iam-operation.ts'

/** Lists are asked for by the path they are of: `arn:aws:iam::111122223333:user/division/`. */
export function listNeed(
  action: string,
  resourceType: 'user' | 'group' | 'role' | 'instance-profile',
  { PathPrefix = '/' }: { readonly PathPrefix?: string },
  { caller: { account } }: Call,
): Need {
  return iamNeed(action, { resource: `arn:aws:iam::${account}:${resourceType}${PathPrefix}` })
}
