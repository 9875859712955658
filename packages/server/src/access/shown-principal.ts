import type { Catalog } from '../catalog/catalog.ts'

/**
 * How a stored principal is shown: by the ARN it has now, which a new name or path of a user has changed, or by its
 * unique id once it is gone, as AWS does.
 */
export async function shownPrincipal(
  arn: string,
  uniqueId: string | undefined,
  catalog: Catalog,
): Promise<string> {
  if (uniqueId === undefined) return arn
  return (await catalog.principals.arnOf(uniqueId)) ?? uniqueId
}
