import { operationsWithEncryptionContext } from '../grants.ts'
import type { Owner } from './explanation.ts'

/** What is known about condition keys: who can change their value, and which operations carry them at all. */
export interface KeyFacts {
  /** A lower-case name; one that ends in `:` or `/` stands for all that begin with it. */
  readonly name: string
  readonly changedBy: Owner['role']
  /** Absent: every operation may carry it. */
  readonly operations?: readonly string[]
}

const withContext: readonly string[] = ['CreateGrant', ...operationsWithEncryptionContext]

/** A key without a row is a property of the caller, the key or the moment, which no request can change. */
const rows: readonly [name: string, changedBy: Owner['role'], operations?: readonly string[]][] = [
  ['kms:encryptioncontext:', 'caller', withContext],
  ['kms:encryptioncontextkeys', 'caller', withContext],
  ['kms:viaservice', 'caller'],
  ['kms:requestalias', 'caller'],
  ['kms:grantisforawsresource', 'caller', ['CreateGrant', 'ListGrants', 'RevokeGrant']],
  ['kms:grantoperations', 'caller', ['CreateGrant']],
  ['kms:grantconstrainttype', 'caller', ['CreateGrant', 'RetireGrant']],
  ['kms:grantconstraintsourcearn', 'caller', ['CreateGrant']],
  ['kms:granteeprincipal', 'caller', ['CreateGrant']],
  ['kms:granteeserviceprincipal', 'caller', ['CreateGrant']],
  ['kms:retiringprincipal', 'caller', ['CreateGrant']],
  ['kms:retiringserviceprincipal', 'caller', ['CreateGrant']],
  ['kms:bypasspolicylockoutsafetycheck', 'caller', ['CreateKey', 'PutKeyPolicy', 'ReplicateKey']],
  ['kms:datakeypairspec', 'caller', ['GenerateDataKeyPair', 'GenerateDataKeyPairWithoutPlaintext']],
  ['kms:messagetype', 'caller', ['Sign', 'Verify']],
  ['kms:signingalgorithm', 'caller', ['Sign', 'Verify']],
  ['kms:macalgorithm', 'caller', ['GenerateMac', 'VerifyMac']],
  ['kms:encryptionalgorithm', 'caller'],
  ['kms:expirationmodel', 'caller', ['ImportKeyMaterial']],
  ['kms:validto', 'caller', ['ImportKeyMaterial']],
  ['kms:wrappingalgorithm', 'caller', ['GetParametersForImport']],
  ['kms:wrappingkeyspec', 'caller', ['GetParametersForImport']],
  ['kms:replicaregion', 'caller', ['ReplicateKey']],
  ['kms:primaryregion', 'caller', ['UpdatePrimaryRegion']],
  ['kms:rotationperiodindays', 'caller', ['EnableKeyRotation']],
  ['kms:schedulekeydeletionpendingwindowindays', 'caller', ['ScheduleKeyDeletion']],
  ['kms:reencryptonsamekey', 'caller', ['ReEncryptFrom', 'ReEncryptTo']],
  ['kms:recipientattestation:', 'caller'],
  ['kms:resourcealiases', 'key-administrator'],
  ['aws:resourcetag/', 'key-administrator'],
  ['aws:principaltag/', 'iam-administrator'],
  ['aws:requesttag/', 'caller'],
  ['aws:tagkeys', 'caller'],
  ['aws:sourcevpce', 'caller'],
  ['aws:sourcevpc', 'caller'],
  ['aws:sourceip', 'caller'],
  ['aws:vpcsourceip', 'caller'],
  ['aws:securetransport', 'caller'],
  ['aws:multifactorauthpresent', 'caller'],
]

const facts: readonly KeyFacts[] = rows.map(([name, changedBy, operations]) => ({
  name,
  changedBy,
  ...(operations && { operations }),
}))

/** The row of a condition key. */
export function findKeyFacts(lowerCaseKey: string): KeyFacts | undefined {
  const covers = (name: string) =>
    /[:/]$/.test(name) ? lowerCaseKey.startsWith(name) : lowerCaseKey === name
  return facts.find(({ name }) => covers(name))
}

/** Says whether requests for the action can have the key. */
export function isCarried(lowerCaseKey: string, action: string): boolean {
  const operations = findKeyFacts(lowerCaseKey)?.operations
  return operations === undefined || operations.includes(action.slice(action.indexOf(':') + 1))
}
