import type { Role } from '../identity/role.ts'
import { Refusal } from '../protocol/errors.ts'
import { onEntity } from './on-entity.ts'

/** An IAM operation on the role that its `RoleName` names. */
export const onRole = onEntity('role')

/** A service-linked role is its service's to change. @throws Refusal `UnmodifiableEntityException` */
export function requireModifiable({ name, linkedService }: Role): void {
  if (linkedService === undefined) return
  throw new Refusal(
    'UnmodifiableEntityException',
    `Cannot perform the operation on the protected role '${name}' - this role is only modifiable by AWS`,
  )
}
