import { execFile } from 'node:child_process'
import { constants, createCipheriv, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { AlgorithmSpec, WrappingKeySpec } from '@aws-sdk/client-kms'
import { type KMS, newKey } from './serving.ts'

/** What those do who bring their own key material, with the tools they have: node:crypto, and OpenSSL's own command. */

export interface Wrapping {
  readonly algorithm: AlgorithmSpec
  readonly spec: WrappingKeySpec
}

export const usual: Wrapping = { algorithm: 'RSAES_OAEP_SHA_256', spec: 'RSA_2048' }

const hashes: Readonly<Partial<Record<AlgorithmSpec, string>>> = {
  RSAES_OAEP_SHA_1: 'sha1',
  RSAES_OAEP_SHA_256: 'sha256',
  RSA_AES_KEY_WRAP_SHA_1: 'sha1',
  RSA_AES_KEY_WRAP_SHA_256: 'sha256',
}

/** Key material as it is sent, with the token that goes with it. */
export async function wrapped(kms: KMS, KeyId: string, material: Uint8Array, { algorithm, spec } = usual) {
  const parameters = { KeyId, WrappingAlgorithm: algorithm, WrappingKeySpec: spec }
  const { PublicKey = new Uint8Array(), ImportToken } = await kms.getParametersForImport(parameters)
  const EncryptedKeyMaterial =
    algorithm === 'SM2PKE' ? await wrapWithSm2(PublicKey, material) : wrap(PublicKey, material, algorithm)
  return { ImportToken, EncryptedKeyMaterial }
}

/** Wraps with an RSA key as `algorithm` says. */
export function wrap(spki: Uint8Array, material: Uint8Array, algorithm: AlgorithmSpec): Uint8Array {
  const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
  const oaepHash = hashes[algorithm] ?? 'none'
  const padding = constants.RSA_PKCS1_OAEP_PADDING
  if (!algorithm.startsWith('RSA_AES')) return publicEncrypt({ key, padding, oaepHash }, material)
  const aesKey = randomBytes(32)
  const cipher = createCipheriv('id-aes256-wrap-pad', aesKey, Buffer.from('a65959a6', 'hex'))
  return Buffer.concat([
    publicEncrypt({ key, padding, oaepHash }, aesKey),
    cipher.update(material),
    cipher.final(),
  ])
}

async function wrapWithSm2(spki: Uint8Array, material: Uint8Array): Promise<Uint8Array> {
  const directory = await mkdtemp(join(tmpdir(), 'claviger-sm2-'))
  try {
    const [key, input, output] = ['key.der', 'material', 'wrapped'].map((name) => join(directory, name))
    await writeFile(String(key), spki)
    await writeFile(String(input), material)
    const flags = ['-encrypt', '-pubin', '-keyform', 'DER', '-inkey', key, '-in', input, '-out', output]
    await promisify(execFile)('openssl', ['pkeyutl', ...flags.map(String)])
    return await readFile(String(output))
  } finally {
    await rm(directory, { recursive: true })
  }
}

/** The same as all the parameters of an import, of material that is not to expire. */
export async function wrappedMaterial(kms: KMS, KeyId: string, material: Uint8Array) {
  const sent = await wrapped(kms, KeyId, material)
  return { KeyId, ...sent, ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' } as const
}

/** Symmetric material that nobody else has. */
export const freshMaterial = () => randomBytes(32)

/** Brings material to a key, not to expire unless `more` says so. */
export async function bring(
  kms: KMS,
  KeyId: string,
  material: Uint8Array,
  more: Partial<Parameters<KMS['importKeyMaterial']>[0]> & { readonly wrapping?: Wrapping } = {},
) {
  const { wrapping, ...input } = more
  const sent = await wrapped(kms, KeyId, material, wrapping)
  const forever =
    input.ValidTo === undefined ? { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' as const } : {}
  return kms.importKeyMaterial({ KeyId, ...sent, ...forever, ...input })
}

/** A new key for imported material, without any. */
export function emptyKey(root: { kms: KMS }, input: Parameters<KMS['createKey']>[0] = {}) {
  return newKey(root, { ...input, Origin: 'EXTERNAL' })
}

export const stateOf = async (kms: KMS, KeyId: string) =>
  (await kms.describeKey({ KeyId })).KeyMetadata?.KeyState
