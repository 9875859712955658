import type { KMS } from '@aws-sdk/client-kms'
import { services } from '../../src/protocol/services.ts'
import { bytes, newKey, type Person, rootArn } from '../serving.ts'

/** A call that succeeds, and the ids of the keys it is about. */
export interface KeyUse {
  readonly keyIds: readonly string[]
  readonly call: (kms: KMS, DryRun?: boolean) => Promise<unknown>
}

/** Every operation that has a dry run, as it would succeed; the keys and whatever else it takes are made first. */
export const keyUses: Readonly<Record<string, (root: Person) => Promise<KeyUse>>> = {
  async CreateGrant(root) {
    const { id: KeyId } = await newKey(root)
    const grant = { KeyId, GranteePrincipal: rootArn, Operations: ['Decrypt' as const] }
    return use([KeyId], (kms, DryRun) => kms.createGrant({ ...grant, DryRun }))
  },
  async Decapsulate(root) {
    const asked = await toEncapsulate(root)
    const { SharedSecretCiphertextBlob } = await root.kms.encapsulate(asked)
    const sealed = { ...asked, SharedSecretCiphertextBlob }
    return use([asked.KeyId], (kms, DryRun) => kms.decapsulate({ ...sealed, DryRun }))
  },
  async Decrypt(root) {
    const { KeyId, CiphertextBlob } = await newLetter(root)
    return use([KeyId], (kms, DryRun) => kms.decrypt({ CiphertextBlob, DryRun }))
  },
  async DeriveSharedSecret(root) {
    const agreeing = { KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' } as const
    const [{ id: KeyId }, other] = [await newKey(root, agreeing), await newKey(root, agreeing)]
    const { PublicKey } = await root.kms.getPublicKey({ KeyId: other.id })
    const asked = { KeyId, KeyAgreementAlgorithm: 'ECDH' as const, PublicKey }
    return use([KeyId], (kms, DryRun) => kms.deriveSharedSecret({ ...asked, DryRun }))
  },
  async Encapsulate(root) {
    const asked = await toEncapsulate(root)
    return use([asked.KeyId], (kms, DryRun) => kms.encapsulate({ ...asked, DryRun }))
  },
  async Encrypt(root) {
    const { id: KeyId } = await newKey(root)
    return use([KeyId], (kms, DryRun) => kms.encrypt({ KeyId, Plaintext: bytes('a'), DryRun }))
  },
  async GenerateDataKey(root) {
    const { id: KeyId } = await newKey(root)
    return use([KeyId], (kms, DryRun) => kms.generateDataKey({ KeyId, KeySpec: 'AES_256', DryRun }))
  },
  async GenerateDataKeyPair(root) {
    const asked = { KeyId: (await newKey(root)).id, KeyPairSpec: 'ECC_NIST_P256' as const }
    return use([asked.KeyId], (kms, DryRun) => kms.generateDataKeyPair({ ...asked, DryRun }))
  },
  async GenerateDataKeyPairWithoutPlaintext(root) {
    const asked = { KeyId: (await newKey(root)).id, KeyPairSpec: 'ECC_NIST_P256' as const }
    return use([asked.KeyId], (kms, DryRun) => kms.generateDataKeyPairWithoutPlaintext({ ...asked, DryRun }))
  },
  async GenerateDataKeyWithoutPlaintext(root) {
    const asked = { KeyId: (await newKey(root)).id, KeySpec: 'AES_256' as const }
    return use([asked.KeyId], (kms, DryRun) => kms.generateDataKeyWithoutPlaintext({ ...asked, DryRun }))
  },
  async GenerateMac(root) {
    const message = await toAuthenticate(root)
    return use([message.KeyId], (kms, DryRun) => kms.generateMac({ ...message, DryRun }))
  },
  async ReEncrypt(root) {
    const { KeyId, CiphertextBlob } = await newLetter(root)
    const { id: DestinationKeyId } = await newKey(root)
    const asked = { CiphertextBlob, DestinationKeyId }
    return use([KeyId, DestinationKeyId], (kms, DryRun) => kms.reEncrypt({ ...asked, DryRun }))
  },
  async RetireGrant(root) {
    const { arn: KeyId, id } = await newKey(root)
    const { GrantId } = await newGrant(root, id)
    return use([id], (kms, DryRun) => kms.retireGrant({ KeyId, GrantId, DryRun }))
  },
  async RevokeGrant(root) {
    const { id: KeyId } = await newKey(root)
    const { GrantId } = await newGrant(root, KeyId)
    return use([KeyId], (kms, DryRun) => kms.revokeGrant({ KeyId, GrantId, DryRun }))
  },
  async Sign(root) {
    const message = await toSign(root)
    return use([message.KeyId], (kms, DryRun) => kms.sign({ ...message, DryRun }))
  },
  async Verify(root) {
    const message = await toSign(root)
    const { Signature } = await root.kms.sign(message)
    return use([message.KeyId], (kms, DryRun) => kms.verify({ ...message, Signature, DryRun }))
  },
  async VerifyMac(root) {
    const message = await toAuthenticate(root)
    const { Mac } = await root.kms.generateMac(message)
    return use([message.KeyId], (kms, DryRun) => kms.verifyMac({ ...message, Mac, DryRun }))
  },
}

/** How an operation is used that the table above has. */
export async function newKeyUse(root: Person, operation: string): Promise<KeyUse> {
  const make = keyUses[operation]
  if (make === undefined) throw new Error(`the table of key uses has no row for ${operation}`)
  return make(root)
}

/** All values that the service model lists for a type. */
export function valuesOf<V extends string>(type: string): readonly V[] {
  const shape = services.kms.model.shapes[type]
  if (shape?.type !== 'string' || shape.enum === undefined) throw new Error(`${type} is no enumeration`)
  return shape.enum as readonly V[]
}

/** A ciphertext of a key of its own. */
export async function newLetter(root: Person) {
  const { id: KeyId, arn } = await newKey(root)
  const { CiphertextBlob } = await root.kms.encrypt({ KeyId, Plaintext: bytes('meet me at noon') })
  return { KeyId, CiphertextBlob, arn }
}

/** A message, and a key that makes MACs. */
export async function toAuthenticate(root: Person) {
  const { id } = await newKey(root, { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' })
  return { KeyId: id, Message: bytes('a'), MacAlgorithm: 'HMAC_SHA_256' } as const
}

/** A message, and a key that signs. */
export async function toSign(root: Person) {
  const { id } = await newKey(root, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' })
  return { KeyId: id, Message: bytes('a'), SigningAlgorithm: 'ECDSA_SHA_256' } as const
}

async function toEncapsulate(root: Person) {
  const { id } = await newKey(root, { KeySpec: 'ML_KEM_512', KeyUsage: 'ENCAPSULATE_DECAPSULATE' })
  return { KeyId: id, EncapsulationAlgorithm: 'ML_KEM' } as const
}

function newGrant({ kms }: Person, KeyId: string) {
  const [GranteePrincipal, RetiringPrincipal] = [rootArn, rootArn]
  return kms.createGrant({ KeyId, GranteePrincipal, RetiringPrincipal, Operations: ['Decrypt'] })
}

function use(keyIds: readonly string[], call: KeyUse['call']): KeyUse {
  return { keyIds, call }
}
