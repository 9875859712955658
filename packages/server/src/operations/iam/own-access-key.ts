import type { Catalog } from '../../catalog/catalog.ts'
import type { AccessKey } from '../../identity/access-key.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { Stored } from '../../storage/store.ts'
import type { CredentialHolder } from '../on-user-or-root.ts'

/** An access key of a user or of the root user. Somebody else's is not there. @throws Refusal `NoSuchEntityException` */
export async function ownAccessKey(
  { account, ownerId }: CredentialHolder,
  id: string,
  catalog: Catalog,
): Promise<Stored<AccessKey>> {
  const stored = await catalog.store.find('accessKey', [id])
  // Every account has a root user, and all are called the same.
  if (stored?.value.owner === ownerId && stored.value.account === account) return stored
  throw noSuchAccessKey(id)
}

/** What is said of an access key that is not there, or not for whoever asks. */
export function noSuchAccessKey(id: string): Refusal {
  return new Refusal('NoSuchEntityException', `The Access Key with id ${id} cannot be found.`)
}
