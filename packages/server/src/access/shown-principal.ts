import type { Catalog } from '../catalog/catalog.ts'

/** How a stored principal is shown: by its ARN while it is still who it was, else by its unique id, as AWS does. */
export async function shownPrincipal(
  arn: string,
  uniqueId: string | undefined,
  catalog: Catalog,
): Promise<string> {
  if (uniqueId === undefined) return arn
  return (await catalog.principals.uniqueIdOf(arn)) === uniqueId ? arn : uniqueId
}
