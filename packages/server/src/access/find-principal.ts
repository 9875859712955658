import type { Catalog } from '../catalog/catalog.ts'
import { Refusal } from '../protocol/errors.ts'

/** Kinds of principal a grant can name: an account, a user or role with its path, a session, a federated user. */
const arnPattern =
  /^arn:aws:(?:iam::(\d{12}):(?:root|(user|role)\/.+)|sts::(\d{12}):(?:assumed-role\/[^/]+\/[^/]+|federated-user\/[^/]+))$/

/**
 * The principal an ARN names: its unique id where it is a user or role, nothing where it is an account or session.
 *
 * @throws Refusal `InvalidArnException` for one that is nobody here
 */
export async function findPrincipal(arn: string, catalog: Catalog): Promise<{ uniqueId?: string }> {
  const [, iamAccount, named, stsAccount] = arnPattern.exec(arn) ?? []
  const account = iamAccount ?? stsAccount
  if (named !== undefined) {
    const uniqueId = await catalog.principals.uniqueIdOf(arn)
    if (uniqueId !== undefined) return { uniqueId }
  } else if (account !== undefined && (await catalog.principals.hasAccount(account))) {
    return {}
  }
  throw new Refusal('InvalidArnException', `ARN does not refer to a valid principal: ${arn}`)
}
