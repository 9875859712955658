import type { Catalog } from '../../catalog/catalog.ts'
import type { AccessKey } from '../../identity/access-key.ts'
import type { User } from '../../identity/user.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { Stored } from '../../storage/store.ts'

/** A user's access key. Somebody else's is not there. @throws Refusal `NoSuchEntityException` */
export async function ownAccessKey(user: User, id: string, catalog: Catalog): Promise<Stored<AccessKey>> {
  const stored = await catalog.store.find('accessKey', [id])
  if (stored?.value.owner === user.uniqueId) return stored
  throw noSuchAccessKey(id)
}

/** What is said of an access key that is not there, or not for whoever asks. */
export function noSuchAccessKey(id: string): Refusal {
  return new Refusal('NoSuchEntityException', `The Access Key with id ${id} cannot be found.`)
}
