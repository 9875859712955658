import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { encode } from 'cborg'
import { beforeAll, describe, expect, test } from 'vitest'
import { awsRoot, readRoots } from '../../src/attestation/roots.ts'
import { verifyAttestation } from '../../src/attestation/verify-attestation.ts'
import { Refusal } from '../../src/protocol/errors.ts'
import type { CertificateSpec } from './certificates.ts'
import { chainWith, type Enclave, goodMembers, register, testEnclave, type Wanted } from './enclave.ts'

const now = Date.UTC(2026, 10, 23, 12)
const minutes = 60_000

let enclave: Enclave
beforeAll(async () => {
  enclave = await testEnclave()
})

/** What is made of a document by somebody who trusts its root. */
function verified(wanted: Partial<Wanted> = {}, from: Enclave = enclave, at = now) {
  return verifyAttestation(from.document({ at: now, ...wanted }), trusting(from, at))
}

function trusting(from: Enclave, at = now) {
  return { roots: readRoots(from.rootPem), now: at }
}

/** Expects a refusal that says why, and gives no other error away. */
function refuses(attempt: () => unknown, why: string): void {
  let thrown: unknown
  try {
    attempt()
  } catch (error) {
    thrown = error
  }
  expect(thrown).toBeInstanceOf(Refusal)
  const { code, message } = thrown as Refusal
  expect({ code, message }).toEqual({
    code: 'ValidationException',
    message: `The attestation document is not valid: ${why}`,
  })
}

describe('a document', () => {
  test('of an enclave is believed, and says what was measured there', () => {
    const { source, moduleId, pcrs, publicKey } = verified({ pcrs: { 0: register(7), 8: register(8) } })
    expect(source).toBe('enclave')
    expect(moduleId).toBe('i-1234567890abcdef0-enc9876543210abcde')
    expect([...pcrs]).toEqual([
      [0, register(7)],
      [8, register(8)],
    ])
    expect(publicKey.equals(enclave.publicKey)).toBe(true)
  })

  test('of a NitroTPM is believed, and is not taken for an enclave', () => {
    const members = { pcrs: undefined, nitrotpm_pcrs: new Map([[4, register(4)]]) }
    const { source, pcrs } = verified({ members })
    expect(source).toBe('nitro-tpm')
    expect([...pcrs.keys()]).toEqual([4])
  })

  test('may come with the tag of COSE_Sign1 or without', () => {
    expect(verified({ tagged: true }).source).toBe('enclave')
  })

  test('may leave out what is optional, or say null for it as real enclaves do', () => {
    expect(verified({ members: { user_data: undefined, nonce: undefined } }).source).toBe('enclave')
    expect(verified({ members: { user_data: null, nonce: null, nitrotpm_pcrs: null } }).source).toBe(
      'enclave',
    )
  })

  test('has every register, of any of the three lengths', () => {
    const pcrs = Object.fromEntries(
      Array.from({ length: 32 }, (_, index) => [index, new Uint8Array([32, 48, 64][index % 3] ?? 0)]),
    )
    expect(verified({ pcrs }).pcrs.size).toBe(32)
  })
})

const registers = '`pcrs` is not 1 to 32 registers of 32, 48 or 64 bytes'
const certificates = '`cabundle` is not a list of certificates of 1 to 1024 bytes'
const notRsa = 'its public key is not an RSA key of at least 2048 bits'

function keyWithExponentOne(): Uint8Array {
  const { n } = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' })
  const key = { kty: 'RSA', n: String(n), e: 'AQ' }
  return spkiOf({ publicKey: createPublicKey({ key, format: 'jwk' }) })
}

const spkiOf = (key: { publicKey: { export(options: object): unknown } }) =>
  Uint8Array.from(key.publicKey.export({ type: 'spki', format: 'der' }) as Buffer)

describe('a member that AWS does not describe so is refused', () => {
  const broken: readonly [what: string, members: Record<string, unknown>, why: string][] = [
    ['no module', { module_id: undefined }, '`module_id` is not a text that is not empty'],
    ['an empty module', { module_id: '' }, '`module_id` is not a text that is not empty'],
    ['a module in bytes', { module_id: register(1) }, '`module_id` is not a text that is not empty'],
    ['a null module', { module_id: null }, '`module_id` is not a text that is not empty'],
    ['another digest', { digest: 'SHA512' }, '`digest` is not `SHA384`'],
    ['no digest', { digest: undefined }, '`digest` is not `SHA384`'],
    ['no time', { timestamp: undefined }, '`timestamp` is not an integer greater than 0'],
    ['time zero', { timestamp: 0 }, '`timestamp` is not an integer greater than 0'],
    ['a time in words', { timestamp: '2026' }, '`timestamp` is not an integer greater than 0'],
    ['no registers', { pcrs: undefined }, 'it has no registers'],
    ['null for registers', { pcrs: null }, 'it has no registers'],
    ['an empty map of registers', { pcrs: new Map() }, registers],
    ['a list of registers', { pcrs: [register(1)] }, registers],
    ['register 32', { pcrs: new Map([[32, register(1)]]) }, registers],
    ['register -1', { pcrs: new Map([[-1, register(1)]]) }, registers],
    ['a register by name', { pcrs: new Map([['0', register(1)]]) }, registers],
    ['a register of 47 bytes', { pcrs: new Map([[0, new Uint8Array(47)]]) }, registers],
    ['a register of text', { pcrs: new Map([[0, 'x'.repeat(48)]]) }, registers],
    [
      'registers of both kinds',
      { nitrotpm_pcrs: new Map([[0, register(1)]]) },
      'it has the registers of an enclave and of a NitroTPM',
    ],
    ['no certificate', { certificate: undefined }, '`certificate` is not 1 to 1024 bytes'],
    ['an empty certificate', { certificate: new Uint8Array() }, '`certificate` is not 1 to 1024 bytes'],
    ['a long certificate', { certificate: new Uint8Array(1025) }, '`certificate` is not 1 to 1024 bytes'],
    ['no bundle', { cabundle: undefined }, certificates],
    ['an empty bundle', { cabundle: [] }, certificates],
    ['a bundle of text', { cabundle: ['root'] }, certificates],
    ['a bundle with an empty certificate', { cabundle: [new Uint8Array()] }, certificates],
    ['an empty key', { public_key: new Uint8Array() }, '`public_key` is not 1 to 1024 bytes'],
    ['a long key', { public_key: new Uint8Array(1025) }, '`public_key` is not 1 to 1024 bytes'],
    ['long user data', { user_data: new Uint8Array(1025) }, '`user_data` is not 0 to 1024 bytes'],
    ['a nonce in words', { nonce: 'once' }, '`nonce` is not 0 to 1024 bytes'],
    ['a member of nobody', { extra: 1 }, 'it has a member that is not known'],
    ['no key', { public_key: undefined }, 'it has no public key'],
    ['null for a key', { public_key: null }, 'it has no public key'],
    ['a key that is none', { public_key: register(1) }, notRsa],
    [
      'a key of 1024 bits',
      { public_key: spkiOf(generateKeyPairSync('rsa', { modulusLength: 1024 })) },
      notRsa,
    ],
    ['a key that encrypts nothing, with 1 for an exponent', { public_key: keyWithExponentOne() }, notRsa],
    [
      'a key for RSA signatures alone',
      { public_key: spkiOf(generateKeyPairSync('rsa-pss', { modulusLength: 2048 })) },
      notRsa,
    ],
    ['a key of a curve', { public_key: spkiOf(generateKeyPairSync('ec', { namedCurve: 'P-384' })) }, notRsa],
  ]
  test.each(broken)('%s', (_, members, why) => refuses(() => verified({ members }), why))
})

describe('a message that is not signed as AWS signs is refused', () => {
  const notCose = 'it is not a COSE_Sign1 message'
  const notCbor = 'its payload is not CBOR'
  const es256 = new Map([[1, -7]])
  const more = new Map<number, unknown>([
    [1, -35],
    [4, register(1)],
  ])
  const someoneElse = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey
  const changed: readonly [what: string, wanted: Partial<Wanted>, why: string][] = [
    ['ES256', { protectedHeader: es256 }, 'its algorithm is not ES384'],
    ['more than the algorithm in its header', { protectedHeader: more }, 'its algorithm is not ES384'],
    ['no algorithm', { protectedHeader: new Map() }, 'its algorithm is not ES384'],
    ['an unprotected header', { unprotected: es256 }, 'it has an unprotected header'],
    ['a signature of somebody else', { signedBy: someoneElse }, 'its signature does not fit'],
    ['an empty payload', { payload: () => new Uint8Array() }, 'its payload is too long or empty'],
    ['a long payload', { payload: () => new Uint8Array(16_385) }, 'its payload is too long or empty'],
    ['a payload that is no map', { payload: () => encode([1]) }, 'its payload is not a map'],
    ['a payload that goes on', { payload: (bytes) => Uint8Array.of(...bytes, 0) }, notCbor],
    ['a map in pieces', { payload: (bytes) => Uint8Array.of(0xbf, ...bytes.subarray(1), 0xff) }, notCbor],
    ['a member twice', { payload: twice }, notCbor],
    [
      'a number not at its shortest',
      { payload: (bytes) => Uint8Array.of(0xb8, 9, ...bytes.subarray(1)) },
      notCbor,
    ],
    ['a time beyond all clocks', { members: { timestamp: 2n ** 60n } }, notCbor],
    [
      'undefined for a member',
      { payload: (bytes) => Uint8Array.of(...bytes.subarray(0, -1), 0xf7) },
      notCbor,
    ],
    ['a fraction', { members: { nonce: 1.5 } }, notCbor],
  ]
  test.each(changed)('%s', (_, wanted, why) => refuses(() => verified(wanted), why))

  test('anything else than a message of four parts', () => {
    for (const [bytes, why] of [
      [new Uint8Array(), notCose],
      [encode('attestation'), notCose],
      [encode([register(1), new Map(), register(1)]), notCose],
      [encode([1, new Map(), register(1), register(1)]), notCose],
      [encode([encode(new Map([[1, -35]])), new Map(), null, register(1)]), notCose],
      [Uint8Array.of(0xd2, 0xd2, ...enclave.document({ at: now })), notCose],
      [new Uint8Array(20_000), 'it is too long'],
      [new Uint8Array(16_000).fill(0x81), notCose],
    ] as const) {
      refuses(() => verifyAttestation(bytes, trusting(enclave)), why)
    }
  })

  test('a signature cut short', () => {
    const document = enclave.document({ at: now })
    const short = Uint8Array.of(...document.subarray(0, -98), 0x58, 95, ...document.subarray(-96, -1))
    refuses(() => verifyAttestation(short, trusting(enclave)), 'its signature is not of 96 bytes')
  })

  /** The map with its first member once more: AWS's reader and ours could take different ones. */
  function twice(payload: Uint8Array): Uint8Array {
    const id = encode('module_id')
    return Uint8Array.of(0xaa, ...payload.subarray(1), ...id, ...encode('another'))
  }
})

describe('a chain of certificates is followed to a root that is trusted', () => {
  const notValid = 'it has a certificate that is not valid now'
  const notAllowed = 'it has an issuer that is not allowed to issue certificates'
  const tooLong = 'its chain of certificates is longer than an issuer in it allows'
  const notIssued = 'it has a certificate that the one before did not issue'
  const notRead = 'it has a certificate that cannot be read'
  const wrongKind = 'it has a certificate that is not ECDSA with P-384 and SHA-384'
  const notSigner = 'its certificate is not one to sign documents with'
  const unknownExtension = 'it has a certificate with a critical extension that is not known'
  const nameConstraints = '2.5.29.30'
  const someoneElse = generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey

  const authorities: readonly [what: string, place: number, spec: Partial<CertificateSpec>, why: string][] = [
    ['a root that has ended', 0, { to: now - 1000 }, notValid],
    ['an issuer that has ended', 2, { to: now - 1000 }, notValid],
    ['an issuer that has not begun', 2, { from: now + 1000 }, notValid],
    ['an issuer that is no authority', 3, { authority: false, usages: ['keyCertSign'] }, notAllowed],
    ['an issuer that may not sign certificates', 1, { usages: ['digitalSignature', 'cRLSign'] }, notAllowed],
    ['a root that allows fewer below it', 0, { pathLength: 2 }, tooLong],
    ['an issuer that allows fewer below it', 1, { pathLength: 1 }, tooLong],
    ['an issuer that somebody else signed', 2, { forgedWith: someoneElse }, notIssued],
    ['an issuer that names another as its own', 2, { issuerName: 'somebody else' }, notIssued],
    ['an issuer whose constraints cannot be read', 2, { rawConstraints: Uint8Array.of(4, 0) }, notRead],
    ['an issuer whose usage cannot be read', 2, { rawUsage: Uint8Array.of(4, 0) }, notRead],
    [
      'an issuer that allows more below it than can be counted',
      2,
      { rawConstraints: Uint8Array.of(0x30, 0x0b, 1, 1, 0xff, 2, 6, 0x7f, 0, 0, 0, 0, 0) },
      'it has a certificate with a path length out of all bounds',
    ],
    ['an issuer with a key of another curve', 2, { curve: 'P-256' }, wrongKind],
    ['an issuer signed with another hash', 2, { hash: 'SHA-256' }, wrongKind],
    [
      'an issuer with a critical extension that nobody knows',
      1,
      { moreExtensions: [{ id: nameConstraints, critical: true }] },
      unknownExtension,
    ],
    [
      'an issuer with an extension twice',
      1,
      {
        moreExtensions: [
          { id: '1.2.3', critical: false },
          { id: '1.2.3', critical: false },
        ],
      },
      'it has a certificate with an extension given twice',
    ],
  ]
  test.each(authorities)('%s is refused', async (_, place, spec, why) => {
    const other = await testEnclave(chainWith(place, spec))
    refuses(() => verified({}, other), why)
  })

  const signers: readonly [what: string, spec: Partial<CertificateSpec>, why: string][] = [
    ['has ended', { to: now - 1000 }, notValid],
    ['is an authority', { authority: true, usages: ['digitalSignature'] }, notSigner],
    ['may not sign', { usages: ['keyCertSign'] }, notSigner],
    ['limits a path that it cannot begin', { pathLength: 0 }, notSigner],
    ['is signed by somebody else', { forgedWith: someoneElse }, notIssued],
  ]
  test.each(signers)("a signer's certificate that %s is refused", async (_, spec, why) => {
    const other = await testEnclave(undefined, { name: 'enclave.test', authority: false, ...spec })
    refuses(() => verified({}, other), why)
  })

  test("a signer's certificate for a key of another curve is refused", async () => {
    const other = await testEnclave(undefined, { name: 'enclave.test', authority: false, curve: 'P-256' })
    refuses(() => verified({ signedBy: someoneElse }, other), wrongKind)
  })

  test('an extension that nobody knows is no harm when it is not critical', async () => {
    const moreExtensions = [{ id: '1.2.3', critical: false }]
    expect(verified({}, await testEnclave(chainWith(1, { moreExtensions }))).source).toBe('enclave')
  })

  test('a root alone can issue to the signer', async () => {
    expect(verified({}, await testEnclave([{ name: 'alone', pathLength: 0 }])).source).toBe('enclave')
  })

  test('a root that is not named is not trusted, whatever it calls itself; without roots nothing is', async () => {
    const notTrusted = 'its root certificate is not trusted here'
    const other = await testEnclave()
    const document = other.document({ at: now })
    refuses(() => verifyAttestation(document, trusting(enclave)), notTrusted)
    refuses(() => verifyAttestation(document, { roots: readRoots(awsRoot), now }), notTrusted)
    refuses(() => verifyAttestation(document, { roots: [], now }), notTrusted)
  })

  test('a trusted root does not vouch for a chain that merely begins with it', async () => {
    const other = await testEnclave()
    const [root] = goodMembers({ at: now }, enclave).cabundle as Uint8Array[]
    const [, ...rest] = goodMembers({ at: now }, other).cabundle as Uint8Array[]
    refuses(
      () =>
        verifyAttestation(
          other.document({ at: now, members: { cabundle: [root, ...rest] } }),
          trusting(enclave),
        ),
      notIssued,
    )
  })

  test('the order is from the root down, and nothing is left out', () => {
    const bundle = goodMembers({ at: now }, enclave).cabundle as Uint8Array[]
    const [root, region, zone, instance] = bundle
    const refusesBundle = (cabundle: unknown) => refuses(() => verified({ members: { cabundle } }), notIssued)
    refusesBundle([root, zone, instance])
    refusesBundle([root, region, zone])
    refusesBundle([root, instance, zone, region])
  })

  test('a certificate in PEM, or with bytes after it, is not one', () => {
    const { der } = enclave.signer
    for (const certificate of [
      Uint8Array.of(...der, 0),
      Uint8Array.from(Buffer.from(enclave.signer.x509.toString())),
      register(1),
    ]) {
      refuses(() => verified({ members: { certificate } }), notRead)
    }
  })

  test('AWS’s root is the one whose fingerprint AWS publishes', () => {
    const [root, ...more] = readRoots(awsRoot)
    expect(root?.fingerprint256.replaceAll(':', '').toLowerCase()).toBe(
      '641a0321a3e244efe456463195d606317ed7cdcc3c1756e09893f3c68f79bb5b',
    )
    expect(more).toEqual([])
  })
})

describe('time', () => {
  const tooOld = 'it is not of the last five minutes'

  test('a document is believed for five minutes', () => {
    expect(verified({}, enclave, now + 5 * minutes).source).toBe('enclave')
    refuses(() => verified({}, enclave, now + 5 * minutes + 1), tooOld)
  })

  test('one from a clock that is ahead is believed as far', () => {
    expect(verified({}, enclave, now - 5 * minutes).source).toBe('enclave')
    refuses(() => verified({}, enclave, now - 5 * minutes - 1), tooOld)
  })

  test('certificates that were valid a moment ago are asked again', async () => {
    const other = await testEnclave(undefined, { name: 'brief', authority: false, to: now + minutes })
    expect(verified({}, other, now + minutes).source).toBe('enclave')
    refuses(() => verified({}, other, now + minutes + 1000), 'it has a certificate that is not valid now')
  })
})
