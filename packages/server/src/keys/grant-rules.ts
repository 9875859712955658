import { isDeepStrictEqual } from 'node:util'
import type { GrantConstraints } from '@claviger/policy'
import { Refusal } from '../protocol/errors.ts'
import type { GrantOperation, KeyUsageType } from '../protocol/models/kms.ts'
import type { GrantRecord } from './grant.ts'
import { type Key, keyArn } from './key.ts'
import { type KeyType, keyTypeOf } from './key-spec.ts'

const ofEveryKey: readonly GrantOperation[] = ['CreateGrant', 'DescribeKey', 'RetireGrant']

const ofDataKeys: readonly GrantOperation[] = [
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
]

/** Operations a grant may allow by what the key is for (AWS KMS Developer Guide, "Grant operations"). */
const operationsByUsage: Readonly<Record<KeyUsageType, readonly GrantOperation[]>> = {
  ENCRYPT_DECRYPT: ['Decrypt', 'Encrypt', 'ReEncryptFrom', 'ReEncryptTo'],
  SIGN_VERIFY: ['Sign', 'Verify'],
  GENERATE_VERIFY_MAC: ['GenerateMac', 'VerifyMac'],
  KEY_AGREEMENT: ['DeriveSharedSecret'],
  ENCAPSULATE_DECAPSULATE: ['Encapsulate', 'Decapsulate'],
}

/** Those that its type adds. */
const operationsByType: Readonly<Record<KeyType, readonly GrantOperation[]>> = {
  symmetric: ofDataKeys,
  hmac: [],
  asymmetric: ['GetPublicKey'],
}

/** Every operation that a grant on such a key may allow. */
export function grantOperations({ keySpec, keyUsage }: Pick<Key, 'keySpec' | 'keyUsage'>): readonly string[] {
  const type = keyTypeOf(keySpec)
  return [
    ...operationsByUsage[keyUsage],
    ...(type === undefined ? [] : operationsByType[type]),
    ...ofEveryKey,
  ]
}

/** @throws Refusal `ValidationException` for an operation that keys of this kind do not have */
export function requireGrantOperations(key: Key, operations: readonly string[]): void {
  const possible = grantOperations(key)
  for (const operation of operations) {
    if (possible.includes(operation)) continue
    throw new Refusal(
      'ValidationException',
      `Grant operation ${operation} is not supported by ${keyArn(key)} (key spec ${key.keySpec}, key usage ${key.keyUsage})`,
    )
  }
}

/**
 * Only symmetric encryption binds a context: as a constraint of another key's grant it would hold nothing back.
 *
 * @throws Refusal `ValidationException`
 */
export function requireGrantConstraints(key: Key, constraints: GrantConstraints | undefined): void {
  const hasContext =
    constraints?.encryptionContextEquals !== undefined || constraints?.encryptionContextSubset !== undefined
  if (!hasContext || keyTypeOf(key.keySpec) === 'symmetric') return
  throw new Refusal(
    'ValidationException',
    `Encryption context constraints are not supported by ${keyArn(key)} (key spec ${key.keySpec})`,
  )
}

interface GrantRequest {
  readonly Operations?: readonly GrantOperation[]
  readonly GranteePrincipal?: string
  readonly GranteeServicePrincipal?: string
  readonly RetiringPrincipal?: string
  readonly RetiringServicePrincipal?: string
  readonly Constraints?: {
    readonly EncryptionContextEquals?: Readonly<Record<string, string>>
    readonly EncryptionContextSubset?: Readonly<Record<string, string>>
    readonly SourceArn?: string
  }
}

/** Bounds of a grant's encryption context (AWS KMS API Reference, GrantConstraints). */
const pairsMost = 8
const valueCharactersMost = 384

/** [what must not be, what is said]: the rules between members of CreateGrant. */
const rules: readonly [broken: (request: GrantRequest) => boolean, text: string][] = [
  [
    (request) => (request.GranteePrincipal === undefined) === (request.GranteeServicePrincipal === undefined),
    'Exactly one of GranteePrincipal and GranteeServicePrincipal must be specified.',
  ],
  [
    (request) => request.RetiringPrincipal !== undefined && request.RetiringServicePrincipal !== undefined,
    'Only one of RetiringPrincipal and RetiringServicePrincipal can be specified.',
  ],
  [
    ({ Constraints }) =>
      Constraints?.EncryptionContextEquals !== undefined && Constraints.EncryptionContextSubset !== undefined,
    'More than one constraint supplied',
  ],
  [
    (request) =>
      request.GranteeServicePrincipal !== undefined && request.Constraints?.SourceArn === undefined,
    'A grant to a service principal requires a SourceArn constraint.',
  ],
  [
    (request) =>
      request.GranteeServicePrincipal !== undefined &&
      request.RetiringPrincipal === undefined &&
      request.RetiringServicePrincipal === undefined,
    'A grant to a service principal requires a retiring principal.',
  ],
  [
    ({ Operations = [] }) => Operations.length > 0 && Operations.every((each) => each === 'CreateGrant'),
    'Grants must not contain only the CreateGrant operation.',
  ],
  [
    (request) => contextPairs(request).length > pairsMost,
    `A grant constraint can have at most ${pairsMost} pairs.`,
  ],
  [
    (request) =>
      contextPairs(request).reduce((sum, [, value]) => sum + value.length, 0) > valueCharactersMost,
    `The values of a grant constraint can have at most ${valueCharactersMost} characters in total.`,
  ],
]

function contextPairs({ Constraints }: GrantRequest): [string, string][] {
  return Object.entries(Constraints?.EncryptionContextEquals ?? Constraints?.EncryptionContextSubset ?? {})
}

/** @throws Refusal `ValidationException` */
export function requireGrantRules(request: GrantRequest): void {
  const broken = rules.find(([isBroken]) => isBroken(request))
  if (broken !== undefined) throw new Refusal('ValidationException', broken[1])
}

export function constraintsOf({ Constraints }: GrantRequest): GrantConstraints | undefined {
  if (Constraints === undefined) return undefined
  const {
    EncryptionContextEquals: equals,
    EncryptionContextSubset: subset,
    SourceArn: sourceArn,
  } = Constraints
  return {
    ...(equals === undefined ? {} : { encryptionContextEquals: equals }),
    ...(subset === undefined ? {} : { encryptionContextSubset: subset }),
    ...(sourceArn === undefined ? {} : { sourceArn }),
  }
}

/** Whether a further CreateGrant with the same name asks for the grant that is there already. */
export function isSameGrant(one: GrantRecord, other: GrantRecord): boolean {
  const essence = ({ grantId: _grantId, createdAt: _createdAt, operations, ...rest }: GrantRecord) => ({
    ...rest,
    operations: operations.toSorted(),
  })
  return isDeepStrictEqual(essence(one), essence(other))
}
