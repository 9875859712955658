import { createHash, createPublicKey } from 'node:crypto'
import { DER } from '@noble/curves/abstract/der.js'
import { describe, expect, test } from 'vitest'
import { PublicKey, publicKeyObject } from '../../src/crypto/public-key.ts'
import { readPrivateKey } from '../../src/crypto/read-private-key.ts'
import { revealAsPrivateKey } from '../../src/crypto/secret.ts'
import { verify } from '../../src/crypto/signing.ts'
import type { SigningAlgorithm } from '../../src/crypto/signing-algorithm.ts'
import { signEd25519Prehashed, verifyEd25519Prehashed } from '../../src/crypto/worker/ed25519-prehashed.ts'
import { acvp, type Case, type Group, hasVectors, hex, rfc, wycheproof } from './vectors.ts'

/** Wycheproof's and ACVP's names of the hashes that AWS KMS signs with, and ours. */
const hashes: Readonly<Record<string, 256 | 384 | 512>> = {
  'SHA-256': 256,
  'SHA-384': 384,
  'SHA-512': 512,
  'SHA2-256': 256,
  'SHA2-384': 384,
  'SHA2-512': 512,
}

interface Claim {
  readonly publicKey: PublicKey
  readonly algorithm: SigningAlgorithm
  readonly bits: number
  readonly message: Buffer
  readonly signature: Buffer
}

/** Whether a signature verifies: asked with the message and with its hash, which have to agree. */
async function verifies({ publicKey, algorithm, bits, message, signature }: Claim): Promise<boolean> {
  const digest = createHash(`sha${bits}`).update(message).digest()
  const raw = await verify(publicKey, algorithm, { type: 'RAW', bytes: message }, signature)
  const hashed = await verify(publicKey, algorithm, { type: 'DIGEST', bytes: digest }, signature)
  expect(hashed).toBe(raw)
  return raw
}

const fromDer = (group: Group) => new PublicKey(hex(group.publicKeyDer ?? group.keyDer))

/** Every case of some groups, and what is wrong where something is. */
async function expectVerdicts(
  groups: readonly Group[],
  actual: (group: Group, test: Case) => Promise<boolean>,
) {
  const wrong: string[] = []
  for (const group of groups)
    for (const each of group.tests) {
      const isValid = await actual(group, each)
      const fits = each.result === 'acceptable' || isValid === (each.result === 'valid')
      if (!fits) wrong.push(`${each.tcId} (${each.comment}): ${isValid}`)
    }
  expect(wrong).toEqual([])
}

describe.skipIf(!hasVectors)('Wycheproof: RSA PKCS #1 v1.5', () => {
  for (const [file, groups] of wycheproof(/^rsa_(signature|pkcs1)_\d+(_sha\d+|_sig_gen)?_test/)) {
    const ours = groups.filter(({ type, sha }) => type !== 'RsaesPkcs1Decrypt' && hashes[String(sha)])
    if (ours.length === 0) continue
    test(file, () =>
      expectVerdicts(ours, (group, each) => {
        const bits = hashes[String(group.sha)] ?? 0
        return verifies({
          publicKey: fromDer(group),
          algorithm: `RSASSA_PKCS1_V1_5_SHA_${bits}` as SigningAlgorithm,
          bits,
          message: hex(each.msg),
          signature: hex(each.sig),
        })
      }),
    )
  }
})

describe.skipIf(!hasVectors)('Wycheproof: RSASSA-PSS', () => {
  for (const [file, groups] of wycheproof(/^rsa_pss_(?!.*params)/)) {
    const ours = groups.filter(({ sha, mgfSha }) => sha === mgfSha && hashes[String(sha)])
    test(`${file}: salts as long as the hash, and no others`, () =>
      expectVerdicts(ours, async (group, each) => {
        const bits = hashes[String(group.sha)] ?? 0
        const isValid = await verifies({
          publicKey: fromDer(group),
          algorithm: `RSASSA_PSS_SHA_${bits}` as SigningAlgorithm,
          bits,
          message: hex(each.msg),
          signature: hex(each.sig),
        })
        if (group.sLen === bits / 8) return isValid
        if (each.result === 'valid') expect(isValid).toBe(false)
        return each.result === 'valid'
      }))
  }
})

describe.skipIf(!hasVectors)('Wycheproof: ECDSA', () => {
  for (const [file, groups] of wycheproof(/^ecdsa_(?!.*bitcoin)/)) {
    test(file, { timeout: 120_000 }, () =>
      expectVerdicts(groups, (group, each) => {
        const bits = hashes[String(group.sha)] ?? 0
        return verifies({
          publicKey: fromDer(group),
          algorithm: `ECDSA_SHA_${bits}` as SigningAlgorithm,
          bits,
          message: hex(each.msg),
          signature: hex(each.sig),
        })
      }),
    )
  }
})

describe.skipIf(!hasVectors)('Wycheproof: Ed25519 and ML-DSA', () => {
  for (const [file, groups] of wycheproof(/^ed25519_/))
    test(file, () =>
      expectVerdicts(groups, (group, each) =>
        verify(fromDer(group), 'ED25519_SHA_512', { type: 'RAW', bytes: hex(each.msg) }, hex(each.sig)),
      ),
    )

  for (const [file, groups] of wycheproof(/^mldsa_.*_verify_/)) {
    // A key of the wrong size does not become a key at all.
    const ours = groups.filter(({ publicKeyDer }) => publicKeyDer !== undefined)
    test(file, () =>
      expectVerdicts(ours, (group, each) => {
        // AWS KMS signs with the empty context.
        if (each.ctx !== undefined && each.ctx !== '') return Promise.resolve(each.result === 'valid')
        const message = { type: 'RAW', bytes: hex(each.msg) } as const
        return verify(fromDer(group), 'ML_DSA_SHAKE_256', message, hex(each.sig)).catch(() => false)
      }),
    )
  }

  for (const [file, groups] of wycheproof(/^mldsa_.*_sign_seed_/))
    test(`${file}: the seed gives the public key, and µ stands for the message`, async () => {
      const spec = `ML_DSA_${file.slice(6, 8)}` as 'ML_DSA_44'
      let count = 0
      for (const group of groups) {
        const publicKey = readPrivateKey(mlDsaSeed(spec, String(group.privateSeed)), spec)?.publicKey
        const cases = group.tests.filter(({ result, mu }) => result === 'valid' && mu !== undefined)
        for (const { mu, sig } of cases) {
          if (publicKey === undefined) throw new Error('a seed is a key')
          expect(Buffer.from(publicKey.spki).toString('hex')).toContain(String(group.publicKey))
          const message = { type: 'EXTERNAL_MU', bytes: hex(mu) } as const
          expect(await verify(publicKey, 'ML_DSA_SHAKE_256', message, hex(sig))).toBe(true)
          count += 1
        }
      }
      expect(count).toBeGreaterThan(5)
    })
})

describe.skipIf(!hasVectors)('ACVP', () => {
  test('RSA signatures, FIPS 186-5', { timeout: 120_000 }, async () => {
    const groups = acvp('RSA-SigVer-FIPS186-5').filter(({ sigType, hashAlg, saltLen, maskFunction }) => {
      const bits = hashes[String(hashAlg)]
      return bits && (sigType === 'pkcs1v1.5' || (saltLen === bits / 8 && maskFunction === 'mgf1'))
    })
    expect(groups.length).toBeGreaterThan(9)
    for (const group of groups)
      for (const each of group.tests) {
        const bits = hashes[String(group.hashAlg)] ?? 0
        const [n, e] = [group.n, group.e].map((part) => hex(part).toString('base64url'))
        const jwk = { kty: 'RSA', n, e } as Record<string, string>
        const scheme = group.sigType === 'pkcs1v1.5' ? 'PKCS1_V1_5' : 'PSS'
        const isValid = await verifies({
          publicKey: publicKeyOf({ key: jwk, format: 'jwk' }),
          algorithm: `RSASSA_${scheme}_SHA_${bits}` as SigningAlgorithm,
          bits,
          message: hex(each.message),
          signature: hex(each.signature),
        })
        expect(isValid, `${each.tcId} ${each.reason}`).toBe(each.testPassed)
      }
  })

  test('ECDSA signatures, FIPS 186-5', { timeout: 120_000 }, async () => {
    const curves = { 'P-256': 'prime256v1', 'P-384': 'secp384r1', 'P-521': 'secp521r1' } as const
    const groups = acvp('ECDSA-SigVer-FIPS186-5').filter(
      ({ curve, hashAlg }) => String(curve) in curves && hashes[String(hashAlg)],
    )
    expect(groups.length).toBeGreaterThan(5)
    for (const group of groups)
      for (const each of group.tests) {
        const point = Buffer.concat([Buffer.of(4), hex(each.qx), hex(each.qy)])
        const namedCurve = curves[group.curve as keyof typeof curves]
        const bits = hashes[String(group.hashAlg)] ?? 0
        const isValid = await verifies({
          publicKey: publicKeyOf({ key: point, format: 'raw-public', asymmetricKeyType: 'ec', namedCurve }),
          algorithm: `ECDSA_SHA_${bits}` as SigningAlgorithm,
          bits,
          message: hex(each.message),
          signature: Buffer.from(
            DER.hexFromSig({ r: BigInt(`0x${each.r}`), s: BigInt(`0x${each.s}`) }),
            'hex',
          ),
        })
        expect(isValid, `${each.tcId} ${each.reason}`).toBe(each.testPassed)
      }
  })

  test('ML-DSA signatures over µ, FIPS 204', { timeout: 120_000 }, async () => {
    const groups = acvp('ML-DSA-sigVer-FIPS204').filter(({ externalMu }) => externalMu === true)
    expect(groups.length).toBe(3)
    for (const group of groups)
      for (const each of group.tests) {
        const publicKey = mlDsaKey(String(group.parameterSet), hex(each.pk))
        const message = { type: 'EXTERNAL_MU', bytes: hex(each.mu) } as const
        const isValid = await verify(publicKey, 'ML_DSA_SHAKE_256', message, hex(each.signature))
        expect(isValid, `${each.tcId} ${each.reason}`).toBe(each.testPassed)
      }
  })

  test('ML-DSA keys from their seeds, FIPS 204', () => {
    for (const group of acvp('ML-DSA-keyGen-FIPS204'))
      for (const each of group.tests) {
        const name = String(group.parameterSet)
        const spec = name.replaceAll('-', '_') as 'ML_DSA_44'
        const pair = readPrivateKey(mlDsaSeed(spec, String(each.seed)), spec)
        expect(pair?.publicKey.spki).toEqual(mlDsaKey(name, hex(each.pk)).spki)
      }
  })
})

interface EdVector {
  readonly secretKey: string
  readonly publicKey: string
  readonly message: string
  readonly signature: string
}

describe.skipIf(!hasVectors)('RFC 8032', () => {
  test('Ed25519', async () => {
    for (const each of rfc<EdVector>('8032-eddsa/ed25519.json.gz')) {
      const publicKey = publicKeyOf({
        key: hex(each.publicKey),
        format: 'raw-public',
        asymmetricKeyType: 'ed25519',
      })
      const message = { type: 'RAW', bytes: hex(each.message) } as const
      expect(await verify(publicKey, 'ED25519_SHA_512', message, hex(each.signature))).toBe(true)
    }
  })

  test('Ed25519ph', () => {
    for (const each of rfc<EdVector>('8032-eddsa/ed25519ph.json.gz')) {
      const pair = readPrivateKey(
        hex(`302e020100300506032b657004220420${each.secretKey}`),
        'ECC_NIST_EDWARDS25519',
      )
      if (pair === undefined) throw new Error('a seed is a key')
      const privateKey = revealAsPrivateKey(pair.privateKey)
      const signature = signEd25519Prehashed({ privateKey, message: hex(each.message) })
      expect(Buffer.from(signature)).toEqual(hex(each.signature))
      const publicKey = publicKeyObject(pair.publicKey)
      expect(verifyEd25519Prehashed({ publicKey, message: hex(each.message), signature })).toBe(true)
    }
  })
})

type Described = Parameters<typeof createPublicKey>[0]

const publicKeyOf = (described: Described) =>
  new PublicKey(createPublicKey(described).export({ format: 'der', type: 'spki' }))

const mlDsaKey = (name: string, key: Buffer) =>
  publicKeyOf({
    key,
    format: 'raw-public',
    asymmetricKeyType: name.toLowerCase() as 'ml-dsa-44',
  })

/** A seed as PKCS #8 (RFC 9881). */
function mlDsaSeed(spec: 'ML_DSA_44' | 'ML_DSA_65' | 'ML_DSA_87', seed: string): Buffer {
  const oid = { ML_DSA_44: '11', ML_DSA_65: '12', ML_DSA_87: '13' }[spec]
  return hex(`3034020100300b06096086480165030403${oid}04228020${seed}`)
}
