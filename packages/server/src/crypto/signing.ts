import { constants, type KeyObject, sign as nodeSign, verify as nodeVerify } from 'node:crypto'
import { invariant } from '../base/invariant.ts'
import { offLoop } from './off-loop.ts'
import { type PublicKey, publicKeyObject } from './public-key.ts'
import { revealAsPrivateKey, type Secret } from './secret.ts'
import { type Message, messageProblem, type SigningAlgorithm, schemeOf } from './signing-algorithm.ts'
import { inThreadPool } from './thread-pool.ts'
import type { RsaHash } from './worker/rsa-digest.ts'
import type { Verifying } from './worker/signature-input.ts'

/**
 * A signature. ECDSA's and SM2's are DER, RSA's as long as the modulus, the others as their standards have them.
 * The key must be one for the algorithm, and the message one without a `messageProblem`.
 */
export async function sign(
  privateKey: Secret,
  algorithm: SigningAlgorithm,
  message: Message,
): Promise<Uint8Array> {
  invariant(messageProblem(algorithm, message) === undefined, 'the algorithm signs such messages')
  const key = revealAsPrivateKey(privateKey)
  const signature = await signed(key, algorithm, message)
  invariant(signature !== undefined, 'a key signs with the algorithms of its spec')
  return signature
}

/** Whether a signature is one of this key's for this message. Whatever is wrong with it is one `false`. */
export async function verify(
  publicKey: PublicKey,
  algorithm: SigningAlgorithm,
  message: Message,
  signature: Uint8Array,
): Promise<boolean> {
  invariant(messageProblem(algorithm, message) === undefined, 'the algorithm signs such messages')
  const key = publicKeyObject(publicKey)
  if (!isOfItsLength(key, signature)) return false
  return (await verified(key, algorithm, message, signature)) ?? false
}

/**
 * RFC 8017 §8.1.2 and §8.2.2, step 1: an RSA signature is as long as the modulus. OpenSSL takes one of PSS without the zero
 * that it began with for the same number.
 */
function isOfItsLength(
  { asymmetricKeyType, asymmetricKeyDetails }: KeyObject,
  signature: Uint8Array,
): boolean {
  if (asymmetricKeyType !== 'rsa') return true
  return signature.length * 8 === asymmetricKeyDetails?.modulusLength
}

async function signed(privateKey: KeyObject, algorithm: SigningAlgorithm, { type, bytes: message }: Message) {
  const scheme = schemeOf(algorithm)
  const isHashed = type === 'DIGEST'
  switch (scheme.kind) {
    case 'RSA_PSS':
      if (isHashed) return offLoop('signPssDigest', { privateKey, message, hash: scheme.hash })
      return signNatively(privateKey, scheme.hash, message, pss)
    case 'RSA_PKCS1':
      if (isHashed) return offLoop('signPkcs1Digest', { privateKey, message, hash: scheme.hash })
      return signNatively(privateKey, scheme.hash, message)
    case 'ECDSA':
      if (isHashed) return offLoop('signEcdsaDigest', { privateKey, message })
      return signNatively(privateKey, scheme.hash, message)
    case 'ED25519':
      return signNatively(privateKey, null, message)
    case 'ED25519PH':
      return offLoop('signEd25519Prehashed', { privateKey, message })
    case 'ML_DSA':
      if (type === 'EXTERNAL_MU') return offLoop('signMlDsaMu', { privateKey, message })
      return signNatively(privateKey, null, message)
    case 'SM2DSA':
      return offLoop('signSm2', { privateKey, message, hashed: isHashed })
  }
}

async function verified(
  publicKey: KeyObject,
  algorithm: SigningAlgorithm,
  { type, bytes: message }: Message,
  signature: Uint8Array,
) {
  const scheme = schemeOf(algorithm)
  const isHashed = type === 'DIGEST'
  const verifying = { publicKey, message, signature }
  switch (scheme.kind) {
    case 'RSA_PSS':
      if (isHashed) return offLoop('verifyPssDigest', { ...verifying, hash: scheme.hash })
      return verifyNatively(verifying, scheme.hash, pss)
    case 'RSA_PKCS1':
      if (isHashed) return offLoop('verifyPkcs1Digest', { ...verifying, hash: scheme.hash })
      return verifyNatively(verifying, scheme.hash)
    case 'ECDSA':
      return isHashed ? offLoop('verifyEcdsaDigest', verifying) : verifyNatively(verifying, scheme.hash)
    case 'ED25519':
      return verifyNatively(verifying, null)
    case 'ED25519PH':
      return offLoop('verifyEd25519Prehashed', verifying)
    case 'ML_DSA':
      return type === 'EXTERNAL_MU' ? offLoop('verifyMlDsaMu', verifying) : verifyNatively(verifying, null)
    case 'SM2DSA':
      return offLoop('verifySm2', { ...verifying, hashed: isHashed })
  }
}

/** RFC 8017 §9.1 as AWS KMS has it: a salt as long as the hash, no more and no less. MGF1's hash is the same anyway. */
const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }

/** OpenSSL signs, in Node's thread pool unless waiting for a thread would take as long as signing. */
function signNatively(
  privateKey: KeyObject,
  hash: RsaHash | null,
  message: Uint8Array,
  padding: object = {},
) {
  const key = { key: privateKey, ...padding }
  if (isQuick(privateKey)) return nodeSign(hash, message, key)
  return inThreadPool(
    () =>
      new Promise<Uint8Array>((resolve, reject) => {
        nodeSign(hash, message, key, (error, signature) => (error ? reject(error) : resolve(signature)))
      }),
  )
}

function verifyNatively(
  { publicKey, message, signature }: Verifying,
  hash: RsaHash | null,
  padding: object = {},
) {
  const key = { key: publicKey, ...padding }
  if (isQuick(publicKey) || publicKey.asymmetricKeyType === 'rsa') {
    return nodeVerify(hash, message, key, signature)
  }
  return inThreadPool(
    () =>
      new Promise<boolean>((resolve, reject) => {
        nodeVerify(hash, message, key, signature, (error, isValid) =>
          error ? reject(error) : resolve(isValid),
        )
      }),
  )
}

/** P-256 and Ed25519 take OpenSSL less than 0.1 ms both ways; RSA only when verifying. */
function isQuick({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean {
  return asymmetricKeyType === 'ed25519' || asymmetricKeyDetails?.namedCurve === 'prime256v1'
}
