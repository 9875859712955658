import { describe, expect, test } from 'vitest'
import { agree } from '../../src/crypto/agreement.ts'
import { decrypt } from '../../src/crypto/asymmetric-encryption.ts'
import { unwrapPadded } from '../../src/crypto/key-wrapping.ts'
import { generateMac, type MacAlgorithm, verifyMac } from '../../src/crypto/mac.ts'
import { readPublicKey } from '../../src/crypto/public-key.ts'
import { Secret } from '../../src/crypto/secret.ts'
import { acvp, ecPrivateKey, hasVectors, hex, sized, wycheproof } from './vectors.ts'

describe.skipIf(!hasVectors)('HMAC', () => {
  for (const [file, groups] of wycheproof(/^hmac_sha(224|256|384|512)_/))
    test(`Wycheproof: ${file}`, () => {
      const bits = Number(/\d+/.exec(file)?.[0])
      const algorithm = `HMAC_SHA_${bits}` as MacAlgorithm
      for (const group of groups)
        for (const { key, msg, tag, result } of group.tests) {
          const secret = new Secret(hex(key))
          const isRight = generateMac(secret, algorithm, hex(msg))
            .subarray(0, hex(tag).length)
            .equals(hex(tag))
          expect(isRight).toBe(result === 'valid')
          // A MAC that is cut short is none: AWS KMS takes them at full length.
          const isWhole = group.tagSize === bits
          expect(verifyMac(secret, algorithm, hex(msg), hex(tag))).toBe(isRight && isWhole)
        }
    })

  for (const bits of [224, 256, 384, 512])
    test(`ACVP: HMAC-SHA2-${bits}`, () => {
      for (const group of acvp(`HMAC-SHA2-${bits}-2.0`))
        for (const { key, msg, mac, macLen } of group.tests) {
          const made = generateMac(new Secret(hex(key)), `HMAC_SHA_${bits}` as MacAlgorithm, hex(msg))
          expect(made.subarray(0, Number(macLen) / 8)).toEqual(hex(mac))
        }
    })
})

describe.skipIf(!hasVectors)('RSAES-OAEP', () => {
  const algorithms = { 'SHA-1': 'RSAES_OAEP_SHA_1', 'SHA-256': 'RSAES_OAEP_SHA_256' } as const
  for (const [file, groups] of wycheproof(/^rsa_oaep_/)) {
    const ours = groups.filter(({ sha, mgfSha }) => sha === mgfSha && String(sha) in algorithms)
    if (ours.length === 0) continue
    test(`Wycheproof: ${file}: with the empty label, and no other`, async () => {
      for (const group of ours)
        for (const { msg, ct, label, result } of group.tests) {
          const privateKey = new Secret(hex(group.privateKeyPkcs8))
          const opened = await decrypt(privateKey, algorithms[group.sha as keyof typeof algorithms], hex(ct))
          const opens = result === 'valid' && label === ''
          expect(opened).toEqual(opens ? Uint8Array.from(hex(msg)) : undefined)
        }
    })
  }
})

describe.skipIf(!hasVectors)('ECDH', () => {
  const curves = [
    ['secp256r1', 'prime256v1', 'ECC_NIST_P256', 32],
    ['secp384r1', 'secp384r1', 'ECC_NIST_P384', 48],
    ['secp521r1', 'secp521r1', 'ECC_NIST_P521', 66],
  ] as const
  for (const [name, namedCurve, spec, bytes] of curves)
    test(`Wycheproof: ${name}`, { timeout: 60_000 }, async () => {
      const [[, groups] = []] = wycheproof(new RegExp(`^ecdh_${name}_test`))
      const wrong: string[] = []
      for (const group of groups ?? [])
        for (const each of group.tests) {
          const peer = readPublicKey(hex(each.public), spec)
          const privateKey = ecPrivateKey(namedCurve, sized(hex(each.private), bytes))
          const secret = peer && (await agree(privateKey, peer))
          const isRight = secret !== undefined && Buffer.from(secret).equals(hex(each.shared))
          const isRefused = secret === undefined
          const fits = { valid: isRight, invalid: isRefused, acceptable: isRight || isRefused }[each.result]
          if (!fits) wrong.push(`${each.tcId} ${each.comment} ${String(each.flags)}`)
        }
      expect(wrong).toEqual([])
    })
})

describe.skipIf(!hasVectors)('AES key wrap with padding', () => {
  for (const [file, groups] of wycheproof(/^aes_kwp_/))
    test(`Wycheproof: ${file}`, () => {
      for (const group of groups)
        for (const { key, msg, ct, result } of group.tests) {
          const unwrapped = unwrapPadded(hex(key), hex(ct))
          if (result === 'invalid') expect(unwrapped).toBeUndefined()
          else expect(unwrapped).toEqual(hex(msg))
        }
    })
})
