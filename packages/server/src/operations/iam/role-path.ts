import { Refusal } from '../../protocol/errors.ts'

/** Below this path are the roles that services have. */
export const linkedRolesPath = '/aws-service-role/'

/** @throws Refusal `ValidationException` for a path that is for service-linked roles */
export function checkRolePath({ Path: path = '/' }: { readonly Path?: string }): void {
  if (!path.startsWith(linkedRolesPath)) return
  throw new Refusal(
    'ValidationException',
    `The specified value for path is invalid. It must not begin with ${linkedRolesPath}`,
  )
}
