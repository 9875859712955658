import { createECDH, createPrivateKey, createPublicKey } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Enclave, register, testEnclave, type Wanted } from '../attestation/enclave.ts'
import { rootsFile } from '../attestation/roots-file.ts'
import {
  allow,
  answerOf,
  bytes,
  denial,
  foreignDenial,
  keyPolicy,
  newKey,
  noIdentityPolicy,
  refused,
  type Serving,
  serve,
  textOf,
  type User,
} from '../serving.ts'

/** Callers in a Nitro enclave or on an instance with a NitroTPM, and those who pretend to be. */

let roots: Awaited<ReturnType<typeof rootsFile>>
let enclave: Enclave
let house: Serving
let alice: User
beforeAll(async () => {
  enclave = await testEnclave()
  roots = await rootsFile(enclave)
  house = await serve({ 'attestation-roots': roots.path })
  alice = await house.user('alice')
})
afterAll(async () => {
  await house.close()
  await roots.remove()
})

const image = register(0xaa)
const imageSha384 = Buffer.from(image).toString('hex')

/** The parameter with a document of now, or of what a test wants otherwise. */
function attested(wanted: Partial<Wanted> = {}, from: Enclave = enclave) {
  return {
    KeyEncryptionAlgorithm: 'RSAES_OAEP_SHA_256' as const,
    AttestationDocument: from.document({ at: house.clock.now(), pcrs: { 0: image }, ...wanted }),
  }
}

const opened = (answer: { CiphertextForRecipient?: Uint8Array | undefined }) =>
  enclave.open(answer.CiphertextForRecipient ?? Buffer.alloc(0))

/** A key under which alice may decrypt when a condition holds, and something encrypted under it. */
async function guardedBy(condition: object) {
  const Policy = keyPolicy({
    Effect: 'Allow',
    Principal: { AWS: alice.arn },
    Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
    Condition: condition,
  })
  const key = await newKey(house.root, { Policy })
  const { CiphertextBlob } = await house.root.kms.encrypt({
    KeyId: key.id,
    Plaintext: bytes('for the enclave'),
  })
  return { ...key, CiphertextBlob }
}

describe('the answer is for the recipient alone', () => {
  test('of Decrypt', async () => {
    const { kms } = house.root
    const { id, arn } = await newKey(house.root)
    const { CiphertextBlob } = await kms.encrypt({ KeyId: id, Plaintext: bytes('meet me at noon') })
    const answer = await answerOf(kms.decrypt({ CiphertextBlob, Recipient: attested() }))
    expect(answer).toEqual({
      KeyId: arn,
      EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      CiphertextForRecipient: expect.any(Uint8Array),
    })
    expect(textOf(opened(answer))).toBe('meet me at noon')
  })

  test('of GenerateDataKey', async () => {
    const { kms } = house.root
    const { id, arn } = await newKey(house.root)
    const answer = await answerOf(
      kms.generateDataKey({ KeyId: id, KeySpec: 'AES_256', Recipient: attested() }),
    )
    expect(Object.keys(answer).sort()).toEqual(['CiphertextBlob', 'CiphertextForRecipient', 'KeyId'])
    expect(answer.KeyId).toBe(arn)
    const { Plaintext } = await kms.decrypt({ CiphertextBlob: answer.CiphertextBlob })
    expect(opened(answer)).toEqual(Buffer.from(Plaintext ?? []))
  })

  test('of GenerateDataKeyPair', async () => {
    const { kms } = house.root
    const { id } = await newKey(house.root)
    const answer = await kms.generateDataKeyPair({
      KeyId: id,
      KeyPairSpec: 'ECC_NIST_P256',
      Recipient: attested(),
    })
    expect(answer.PrivateKeyPlaintext).toBeUndefined()
    const { Plaintext } = await kms.decrypt({ CiphertextBlob: answer.PrivateKeyCiphertextBlob })
    expect(opened(answer)).toEqual(Buffer.from(Plaintext ?? []))
    const publicKey = createPublicKey(createPrivateKey({ key: opened(answer), format: 'der', type: 'pkcs8' }))
    expect(publicKey.export({ format: 'der', type: 'spki' })).toEqual(Buffer.from(answer.PublicKey ?? []))
  })

  test('of GenerateRandom', async () => {
    const answer = await answerOf(house.root.kms.generateRandom({ NumberOfBytes: 24, Recipient: attested() }))
    expect(Object.keys(answer)).toEqual(['CiphertextForRecipient'])
    expect(opened(answer)).toHaveLength(24)
  })

  test('of DeriveSharedSecret', async () => {
    const { kms } = house.root
    const { id } = await newKey(house.root, { KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' })
    const peer = createECDH('prime256v1')
    peer.generateKeys()
    const spki = (point: Buffer) =>
      createPublicKey({
        key: Buffer.concat([
          Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex'),
          point,
        ]),
        format: 'der',
        type: 'spki',
      }).export({ format: 'der', type: 'spki' })
    const answer = await kms.deriveSharedSecret({
      KeyId: id,
      KeyAgreementAlgorithm: 'ECDH',
      PublicKey: spki(peer.getPublicKey()),
      Recipient: attested(),
    })
    expect(answer.SharedSecret).toBeUndefined()
    const { PublicKey } = await kms.getPublicKey({ KeyId: id })
    expect(opened(answer)).toEqual(peer.computeSecret(Buffer.from(PublicKey ?? []).subarray(-65)))
  })

  test('and none is made for a dry run', async () => {
    const { id } = await newKey(house.root)
    const asked = { KeyId: id, KeySpec: 'AES_256', Recipient: attested(), DryRun: true } as const
    await refused(house.root.kms.generateDataKey(asked), 'DryRunOperationException')
  })
})

describe('a policy may ask what was measured', () => {
  test('as the digest of an image, which only the right image has', async () => {
    const { arn, CiphertextBlob } = await guardedBy({
      StringEqualsIgnoreCase: { 'kms:RecipientAttestation:ImageSha384': imageSha384.toUpperCase() },
    })
    const denied = denial(alice, 'kms:Decrypt', arn, noIdentityPolicy('kms:Decrypt'))
    const decrypt = (Recipient?: ReturnType<typeof attested>) =>
      alice.kms.decrypt({ CiphertextBlob, ...(Recipient && { Recipient }) })

    expect(textOf(opened(await decrypt(attested())))).toBe('for the enclave')
    await refused(decrypt(), 'AccessDeniedException', denied)
    await refused(decrypt(attested({ pcrs: { 0: register(0xab) } })), 'AccessDeniedException', denied)
    await refused(decrypt(attested({ pcrs: { 1: image } })), 'AccessDeniedException', denied)
  })

  test('as any register by its number', async () => {
    const { CiphertextBlob } = await guardedBy({
      StringEquals: {
        'kms:RecipientAttestation:PCR0': imageSha384,
        'kms:recipientattestation:pcr8': Buffer.from(register(8)).toString('hex'),
      },
    })
    const decrypt = (pcrs: Wanted['pcrs']) =>
      alice.kms.decrypt({ CiphertextBlob, Recipient: attested(pcrs && { pcrs }) })
    expect(textOf(opened(await decrypt({ 0: image, 8: register(8) })))).toBe('for the enclave')
    await refused(decrypt({ 0: image, 8: register(9) }), 'AccessDeniedException')
    await refused(decrypt({ 0: image, 9: register(8) }), 'AccessDeniedException')
  })

  test('as a register of a NitroTPM, which is no register of an enclave', async () => {
    const value = Buffer.from(register(4)).toString('hex')
    const registers = new Map([
      [0, image],
      [4, register(4)],
    ])
    const ofTpm = () => attested({ members: { pcrs: undefined, nitrotpm_pcrs: registers } })
    const ofEnclave = () => attested({ members: { pcrs: registers } })
    const tpmKey = await guardedBy({ StringEquals: { 'kms:RecipientAttestation:NitroTPMPCR4': value } })
    const enclaveKey = await guardedBy({ StringEquals: { 'kms:RecipientAttestation:PCR4': value } })
    const imageKey = await guardedBy({
      StringEquals: { 'kms:RecipientAttestation:ImageSha384': imageSha384 },
    })
    const decrypt = ({ CiphertextBlob }: typeof tpmKey, Recipient: ReturnType<typeof attested>) =>
      alice.kms.decrypt({ CiphertextBlob, Recipient })

    expect(textOf(opened(await decrypt(tpmKey, ofTpm())))).toBe('for the enclave')
    expect(textOf(opened(await decrypt(enclaveKey, ofEnclave())))).toBe('for the enclave')
    expect(textOf(opened(await decrypt(imageKey, ofEnclave())))).toBe('for the enclave')
    await refused(decrypt(tpmKey, ofEnclave()), 'AccessDeniedException')
    await refused(decrypt(enclaveKey, ofTpm()), 'AccessDeniedException')
    await refused(decrypt(imageKey, ofTpm()), 'AccessDeniedException')
  })

  test('where no key is involved, in the policies of the caller', async () => {
    const bob = await house.user('bob')
    const document = JSON.parse(allow(['kms:GenerateRandom'], { on: '*' }))
    document.Statement[0].Condition = {
      StringEquals: { 'kms:RecipientAttestation:ImageSha384': imageSha384 },
    }
    await house.root.iam.putUserPolicy({
      UserName: bob.name,
      PolicyName: 'enclave',
      PolicyDocument: JSON.stringify(document),
    })
    const random = (Recipient?: ReturnType<typeof attested>) =>
      bob.kms.generateRandom({ NumberOfBytes: 8, ...(Recipient && { Recipient }) })
    expect(opened(await random(attested()))).toHaveLength(8)
    const reason = noIdentityPolicy('kms:GenerateRandom')
    await refused(
      random(),
      'AccessDeniedException',
      `User: ${bob.arn} is not authorized to perform: kms:GenerateRandom ${reason}`,
    )
  })
})

describe('a document that is not to be believed', () => {
  const notValid = (why: string) => `The attestation document is not valid: ${why}`

  test('is refused by every operation, and nothing is answered in the clear', async () => {
    const { kms } = house.root
    const { id } = await newKey(house.root)
    const { CiphertextBlob } = await kms.encrypt({ KeyId: id, Plaintext: bytes('a') })
    const Recipient = { ...attested(), AttestationDocument: bytes('x') }
    const calls = [
      kms.decrypt({ CiphertextBlob, Recipient }),
      kms.generateDataKey({ KeyId: id, KeySpec: 'AES_256', Recipient }),
      kms.generateDataKeyPair({ KeyId: id, KeyPairSpec: 'ECC_NIST_P256', Recipient }),
      kms.generateRandom({ NumberOfBytes: 8, Recipient }),
      kms.deriveSharedSecret({
        KeyId: id,
        KeyAgreementAlgorithm: 'ECDH',
        PublicKey: bytes('peer'),
        Recipient,
      }),
    ]
    const outcomes = await Promise.allSettled(calls)
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: {
          name: 'ValidationException',
          message: notValid('it is not a COSE_Sign1 message'),
        },
      })
    }
  })

  test('is one of more than five minutes ago', async () => {
    const Recipient = attested()
    const random = () => house.root.kms.generateRandom({ NumberOfBytes: 8, Recipient })
    house.clock.advance(5 * 60_000)
    expect(opened(await random())).toHaveLength(8)
    house.clock.advance(1)
    await refused(random(), 'ValidationException', notValid('it is not of the last five minutes'))
  })

  test('is one of a root that the settings do not name; without the setting AWS’s alone is believed', async () => {
    const untrusted = notValid('its root certificate is not trusted here')
    const random = ({ root, clock }: Serving, from: Enclave) =>
      root.kms.generateRandom({ NumberOfBytes: 8, Recipient: attested({ at: clock.now() }, from) })
    await refused(random(house, await testEnclave()), 'ValidationException', untrusted)
    const other = await serve()
    await refused(random(other, enclave), 'ValidationException', untrusted)
    await other.close()
  })

  test('does not tell whether a key of another account is there', async () => {
    const foreign = 'arn:aws:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab'
    const generate = (document: Uint8Array) =>
      alice.kms.generateDataKey({
        KeyId: foreign,
        KeySpec: 'AES_256',
        Recipient: { ...attested(), AttestationDocument: document },
      })
    await refused(generate(bytes('x')), 'ValidationException', notValid('it is not a COSE_Sign1 message'))
    await refused(
      generate(attested().AttestationDocument),
      'AccessDeniedException',
      foreignDenial(alice, 'kms:GenerateDataKey'),
    )
  })

  test('is one that is not sent, or one sent without saying how to encrypt for it', async () => {
    const random = (Recipient: object) => house.root.kms.generateRandom({ NumberOfBytes: 8, Recipient })
    const missing = (member: string) =>
      `Value null at 'recipient.${member}' failed to satisfy constraint: Member must not be null`
    await refused(
      random({ AttestationDocument: attested().AttestationDocument }),
      'ValidationException',
      `1 validation error detected: ${missing('keyEncryptionAlgorithm')}`,
    )
    await refused(
      random({}),
      'ValidationException',
      `2 validation errors detected: ${missing('keyEncryptionAlgorithm')}; ${missing('attestationDocument')}`,
    )
  })
})

describe('the record of a call says what was measured', () => {
  const recordOf = async (requestId: string | undefined) =>
    (await house.claviger.journal.findRequest(String(requestId))) as {
      readonly requestParameters: object
      readonly additionalEventData: { readonly recipient?: object }
    }
  const base64 = (of: number) => Buffer.from(register(of)).toString('base64')

  test('for an enclave, also where the call was denied', async () => {
    const { id, arn, CiphertextBlob } = await guardedBy({
      StringEquals: { 'kms:RecipientAttestation:ImageSha384': 'another' },
    })
    const pcrs = { 0: image, 1: register(1), 3: register(3), 5: register(5), 8: register(8) }
    const recipient = {
      attestationDocumentModuleId: 'i-1234567890abcdef0-enc9876543210abcde',
      attestationDocumentEnclaveImageDigest: base64(0xaa),
      attestationDocumentEnclavePCR1: base64(1),
      attestationDocumentEnclavePCR3: base64(3),
      attestationDocumentEnclavePCR8: base64(8),
    }
    const answer = await house.root.kms.generateDataKey({
      KeyId: id,
      KeySpec: 'AES_256',
      Recipient: attested({ pcrs }),
    })
    const record = await recordOf(answer.$metadata.requestId)
    expect(record.additionalEventData.recipient).toEqual(recipient)
    expect(record.requestParameters).toEqual({ keyId: id, keySpec: 'AES_256' })

    const denied = await alice.kms
      .decrypt({ KeyId: arn, CiphertextBlob, Recipient: attested({ pcrs }) })
      .catch((error) => error)
    expect(denied.name).toBe('AccessDeniedException')
    expect((await recordOf(denied.$metadata.requestId)).additionalEventData.recipient).toEqual(recipient)
  })

  test('for a NitroTPM', async () => {
    const members = {
      module_id: 'i-1234567890abcdef0-tpm0000000000000000',
      pcrs: undefined,
      nitrotpm_pcrs: new Map([0, 4, 7, 12].map((index) => [index, register(index)])),
    }
    const answer = await house.root.kms.generateRandom({ NumberOfBytes: 8, Recipient: attested({ members }) })
    const record = await recordOf(answer.$metadata.requestId)
    expect(record.additionalEventData.recipient).toEqual({
      attestationDocumentModuleId: 'i-1234567890abcdef0-tpm0000000000000000',
      attestationDocumentNitroTPMPCR4: base64(4),
      attestationDocumentNitroTPMPCR7: base64(7),
    })
  })
})

describe('the setting', () => {
  const refusesToStart = async (rootPem: string, why: string) => {
    const { path, remove } = await rootsFile({ rootPem })
    const sentence = `the attestation roots in ${path} cannot be read`
    await expect(serve({ 'attestation-roots': path })).rejects.toThrow(`${sentence} (${why}`)
    await remove()
    await expect(serve({ 'attestation-roots': path })).rejects.toThrow(`${sentence} (ENOENT)`)
  }

  test('must name a file with certificates', async () => {
    await refusesToStart('no certificate', 'it holds no certificate in PEM)')
    await refusesToStart('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', 'ERR_OSSL')
  })

  test('may name several roots', async () => {
    const other = await testEnclave()
    const both = await rootsFile(enclave, other)
    const serving = await serve({ 'attestation-roots': both.path })
    for (const from of [enclave, other]) {
      const { CiphertextForRecipient } = await serving.root.kms.generateRandom({
        NumberOfBytes: 8,
        Recipient: attested({ at: serving.clock.now() }, from),
      })
      expect(from.open(CiphertextForRecipient ?? Buffer.alloc(0))).toHaveLength(8)
    }
    await serving.close()
    await both.remove()
  })
})
