import type { Catalog } from '../catalog/catalog.ts'
import { Refusal } from '../protocol/errors.ts'

/** Kinds of principal a grant can name, and how each is known to exist. */
const arnPattern = /^arn:aws:(iam|sts)::(\d{12}):(root|user|role|assumed-role|federated-user)(?:\/(.+))?$/

/**
 * The principal an ARN names: its unique id where it is a user or role, nothing where it is an account or session.
 *
 * @throws Refusal `InvalidArnException` for one that is nobody here
 */
export async function findPrincipal(arn: string, catalog: Catalog): Promise<{ uniqueId?: string }> {
  const [, , account = '', kind] = arnPattern.exec(arn) ?? []
  if (kind === 'user' || kind === 'role') {
    const uniqueId = await catalog.principals.uniqueIdOf(arn)
    if (uniqueId !== undefined) return { uniqueId }
  } else if (kind !== undefined && (await catalog.principals.hasAccount(account))) {
    return {}
  }
  throw new Refusal('InvalidArnException', `ARN does not refer to a valid principal: ${arn}`)
}
