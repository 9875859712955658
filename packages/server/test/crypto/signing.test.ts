import { createPrivateKey, sign as nodeSign, verify as nodeVerify } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { publicKeyObject } from '../../src/crypto/public-key.ts'
import { readPrivateKey } from '../../src/crypto/read-private-key.ts'
import { reveal, revealAsPrivateKey } from '../../src/crypto/secret.ts'
import { sign, verify } from '../../src/crypto/signing.ts'
import { messageProblem } from '../../src/crypto/signing-algorithm.ts'
import { signEd25519Prehashed } from '../../src/crypto/worker/ed25519-prehashed.ts'
import { sm2Pkcs8, sm2Spki } from '../../src/crypto/worker/sm2-key.ts'
import { hashedMessage, pairOf, signers } from './pairs.ts'

const message = Buffer.from('message digest')
const hex = (text: string) => Buffer.from(text, 'hex')

describe('what an algorithm signs', () => {
  test.each([
    ['RSASSA_PSS_SHA_384', 'RAW', 4096, undefined],
    ['RSASSA_PSS_SHA_384', 'RAW', 0, undefined],
    ['RSASSA_PSS_SHA_384', 'DIGEST', 48, undefined],
    ['RSASSA_PSS_SHA_384', 'DIGEST', 47, 'wrong length'],
    ['RSASSA_PSS_SHA_384', 'EXTERNAL_MU', 64, 'wrong type'],
    ['ECDSA_SHA_256', 'DIGEST', 48, 'wrong length'],
    ['SM2DSA', 'DIGEST', 32, undefined],
    ['SM2DSA', 'DIGEST', 31, 'wrong length'],
    ['ED25519_SHA_512', 'RAW', 1, undefined],
    ['ED25519_SHA_512', 'DIGEST', 64, 'wrong type'],
    ['ED25519_PH_SHA_512', 'RAW', 64, 'wrong type'],
    ['ED25519_PH_SHA_512', 'DIGEST', 64, undefined],
    ['ED25519_PH_SHA_512', 'DIGEST', 63, 'wrong length'],
    ['ML_DSA_SHAKE_256', 'EXTERNAL_MU', 64, undefined],
    ['ML_DSA_SHAKE_256', 'EXTERNAL_MU', 65, 'wrong length'],
    ['ML_DSA_SHAKE_256', 'DIGEST', 64, 'wrong type'],
  ] as const)('%s of %s with %i bytes: %s', (algorithm, type, length, problem) => {
    expect(messageProblem(algorithm, { type, bytes: Buffer.alloc(length) })).toBe(problem)
  })

  test('is never signed when it is something else', async () => {
    const { privateKey, publicKey } = await pairOf('ECC_NIST_P256')
    const short = { type: 'DIGEST', bytes: Buffer.alloc(31) } as const
    await expect(sign(privateKey, 'ECDSA_SHA_256', short)).rejects.toThrow(
      'the algorithm signs such messages',
    )
    await expect(verify(publicKey, 'ECDSA_SHA_256', short, message)).rejects.toThrow('such messages')
  })
})

describe('signatures over a hash are what OpenSSL makes and takes', () => {
  const native = signers.filter(([, algorithm]) => !/SM2|ED25519_PH|ED25519_SHA/.test(algorithm))
  test.each(native)('%s %s', async (spec, algorithm) => {
    const { privateKey, publicKey } = await pairOf(spec)
    const hashed = hashedMessage(algorithm, publicKey, message)
    const hash = algorithm.startsWith('ML_DSA') ? null : `sha${algorithm.slice(-3)}`
    const options = algorithm.includes('PSS') ? { padding: 6, saltLength: -1 } : {}

    const ours = await sign(privateKey, algorithm, hashed)
    expect(nodeVerify(hash, message, { key: publicKeyObject(publicKey), ...options }, ours)).toBe(true)

    const key = createPrivateKey({ key: Buffer.from(reveal(privateKey)), format: 'der', type: 'pkcs8' })
    const theirs = nodeSign(hash, message, { key, ...options })
    expect(await verify(publicKey, algorithm, hashed, theirs)).toBe(true)
  })

  test('a PSS signature with another salt length is none', async () => {
    const { privateKey, publicKey } = await pairOf('RSA_2048')
    const key = revealAsPrivateKey(privateKey)
    for (const saltLength of [0, 20, 64]) {
      const signature = nodeSign('sha256', message, { key, padding: 6, saltLength })
      const hashed = hashedMessage('RSASSA_PSS_SHA_256', publicKey, message)
      for (const shown of [hashed, { type: 'RAW', bytes: message } as const])
        expect(await verify(publicKey, 'RSASSA_PSS_SHA_256', shown, signature)).toBe(false)
    }
  })
})

describe('published signatures', () => {
  test('RFC 8032 §7.3: Ed25519ph', () => {
    const seed = '833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42'
    const pair = readPrivateKey(hex(`302e020100300506032b657004220420${seed}`), 'ECC_NIST_EDWARDS25519')
    if (pair === undefined) throw new Error('the seed is a key')
    const privateKey = revealAsPrivateKey(pair.privateKey)
    const signature = signEd25519Prehashed({ privateKey, message: Buffer.from('abc') })
    expect(Buffer.from(signature).toString('hex')).toBe(
      '98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae41' +
        '31f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406',
    )
  })

  test('GB/T 32918.5 §A.2: SM2, with its message and with its hash', async () => {
    const point =
      '0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020' +
      'ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13'
    const scalar = '3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8'
    const pair = readPrivateKey(sm2Pkcs8(hex(scalar), hex(point)), 'SM2')
    if (pair === undefined) throw new Error('the example is a key')
    expect(Buffer.from(pair.publicKey.spki)).toEqual(sm2Spki(hex(point)))
    const signature = hex(
      '3046022100f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3' +
        '022100b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa',
    )
    const hash = hex('f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640')
    expect(await verify(pair.publicKey, 'SM2DSA', { type: 'RAW', bytes: message }, signature)).toBe(true)
    expect(await verify(pair.publicKey, 'SM2DSA', { type: 'DIGEST', bytes: hash }, signature)).toBe(true)
  })
})
