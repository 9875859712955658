import { Refusal } from '../../protocol/errors.ts'
import type { Store } from '../../storage/store.ts'

/** Requires that no unit right below this parent has the name. @throws Refusal `DuplicateOrganizationalUnitException` */
export async function requireFreeUnitName(name: string, parentId: string, store: Store): Promise<void> {
  const [taken] = await store.list('organizationalUnit', {
    index: 'name',
    prefix: [parentId, name],
    limit: 1,
  })
  if (taken !== undefined) throw new Refusal('DuplicateOrganizationalUnitException')
}
