import { permissionRows } from './models/permissions.ts'

interface OperationFacts {
  /** Whether the operation can ever work on a key of another account. */
  readonly crossAccount: boolean
  /** Whether its `KeyId` may be an alias. */
  readonly takesAliases: boolean
}

const factsByOperation = new Map<string, OperationFacts>(
  permissionRows.map(([operation, crossAccount, takesAliases]) => [
    operation,
    { crossAccount, takesAliases },
  ]),
)

/** Permissions are named after operations but for ReEncrypt, which has two. */
const operationByAction = new Map([
  ['ReEncryptFrom', 'ReEncrypt'],
  ['ReEncryptTo', 'ReEncrypt'],
])

const nothingKnown: OperationFacts = { crossAccount: false, takesAliases: false }

/** What AWS publishes of a KMS operation; for one it does not publish, the strictest reading. */
export function operationFacts(operation: string): OperationFacts {
  return factsByOperation.get(operation) ?? nothingKnown
}

/** Whether an action (`kms:Decrypt`) can be used on a key of another account. */
export function worksAcrossAccounts(action: string): boolean {
  const name = action.slice(action.indexOf(':') + 1)
  return operationFacts(operationByAction.get(name) ?? name).crossAccount
}
