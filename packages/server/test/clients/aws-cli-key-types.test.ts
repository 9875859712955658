import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { expect } from 'vitest'
import { awsCli, bytesOf, type Desk, deskOf, text } from './aws-cli.ts'
import { session } from './client.ts'

/** Keys of each kind under the AWS CLI, with OpenSSL on the other side. */

/** A new key, and its public half as a file where it has one. */
async function newKey({ root }: Desk, spec: string, usage: string): Promise<string> {
  const flags = ['--key-spec', spec, '--key-usage', usage]
  return root.says('kms', 'create-key', ...flags, ...text('KeyMetadata.KeyId'))
}

async function publicKeyFile({ root, file }: Desk, keyId: string): Promise<string> {
  const printed = await root.says('kms', 'get-public-key', '--key-id', keyId, ...text('PublicKey'))
  return file('public.der', bytesOf(printed))
}

await session(
  awsCli,
  'a signature that the AWS CLI asks for is valid to OpenSSL, and only of its message',
  async (program) => {
    const desk = await deskOf(program)
    const keyId = await newKey(desk, 'ECC_NIST_P256', 'SIGN_VERIFY')
    const message = await desk.file('message', 'meet me at noon')
    const signing = ['--key-id', keyId, '--signing-algorithm', 'ECDSA_SHA_256']
    const of = (path: string) => ['--message', `fileb://${path}`]
    const printed = await desk.root.says('kms', 'sign', ...signing, ...of(message), ...text('Signature'))
    const signature = await desk.file('signature', bytesOf(printed))

    const key = await publicKeyFile(desk, keyId)
    const verify = ['dgst', '-sha256', '-verify', key, '-keyform', 'DER', '-signature', signature]
    expect(await desk.openssl(...verify, message)).toBe('Verified OK')

    const asked = ['kms', 'verify', ...signing, '--signature', `fileb://${signature}`]
    expect(await desk.root.says(...asked, ...of(message), ...text('SignatureValid'))).toBe('True')
    const other = await desk.file('other', 'meet me at one')
    expect(await desk.root.fails(...asked, ...of(other))).toMatch(
      /^An error occurred \(KMSInvalidSignatureException\) when calling the Verify operation/,
    )
  },
)

await session(
  awsCli,
  'a hash that OpenSSL made is signed with RSA-PSS, and OpenSSL finds the signature valid',
  async (program) => {
    const desk = await deskOf(program)
    const keyId = await newKey(desk, 'RSA_2048', 'SIGN_VERIFY')
    const message = await desk.file('message', randomBytes(100_000))
    const hash = await desk.file('hash', '')
    await desk.openssl('dgst', '-sha384', '-binary', '-out', hash, message)

    const algorithm = ['--signing-algorithm', 'RSASSA_PSS_SHA_384', '--message-type', 'DIGEST']
    const sign = ['kms', 'sign', '--key-id', keyId, ...algorithm, '--message', `fileb://${hash}`]
    const signature = await desk.file(
      'signature',
      bytesOf(await desk.root.says(...sign, ...text('Signature'))),
    )

    const padding = ['-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:digest']
    const key = await publicKeyFile(desk, keyId)
    const verify = ['dgst', '-sha384', '-verify', key, '-keyform', 'DER', ...padding]
    expect(await desk.openssl(...verify, '-signature', signature, message)).toBe('Verified OK')
    expect(await desk.root.fails(...sign.with(-1, `fileb://${message}`))).toMatch(
      /^An error occurred \(ValidationException\) when calling the Sign operation: /,
    )
  },
)

await session(awsCli, 'a MAC that the AWS CLI asks for is valid for its message alone', async (program) => {
  const desk = await deskOf(program)
  const { root, file } = desk
  const keyId = await newKey(desk, 'HMAC_256', 'GENERATE_VERIFY_MAC')
  const mac = ['--key-id', keyId, '--mac-algorithm', 'HMAC_SHA_256']
  const of = (path: string) => ['--message', `fileb://${path}`]
  const message = await file('message', 'meet me at noon')
  const made = await root.says('kms', 'generate-mac', ...mac, ...of(message), ...text('Mac'))
  expect(bytesOf(made)).toHaveLength(32)

  const asked = ['kms', 'verify-mac', ...mac, '--mac', `fileb://${await file('mac', bytesOf(made))}`]
  expect(await root.says(...asked, ...of(message), ...text('MacValid'))).toBe('True')
  expect(await root.fails(...asked, ...of(await file('other', 'meet me at one')))).toMatch(
    /^An error occurred \(KMSInvalidMacException\) when calling the VerifyMac operation/,
  )
})

await session(
  awsCli,
  'both halves of a data key pair are one pair to OpenSSL, also after the private one was sealed',
  async (program) => {
    const desk = await deskOf(program)
    const keyId = await newKey(desk, 'SYMMETRIC_DEFAULT', 'ENCRYPT_DECRYPT')
    const context = ['--encryption-context', 'tenant=blue']
    const pair = ['--key-id', keyId, '--key-pair-spec', 'ECC_NIST_P384', ...context]
    const made = await desk.root.shows('kms', 'generate-data-key-pair', ...pair)
    const [sealed, key, half] = [
      await desk.file('sealed', bytesOf(String(made.PrivateKeyCiphertextBlob))),
      await desk.file('private.der', bytesOf(String(made.PrivateKeyPlaintext))),
      await desk.file('public.der', bytesOf(String(made.PublicKey))),
    ]
    const ofPrivate = await desk.openssl('pkey', '-inform', 'DER', '-in', key, '-pubout')
    expect(await desk.openssl('pkey', '-inform', 'DER', '-pubin', '-in', half, '-pubout')).toBe(ofPrivate)

    const decrypt = ['kms', 'decrypt', '--ciphertext-blob', `fileb://${sealed}`, ...context]
    expect(await desk.root.says(...decrypt, ...text('Plaintext'))).toBe(made.PrivateKeyPlaintext)
    const without = await desk.root.shows('kms', 'generate-data-key-pair-without-plaintext', ...pair)
    expect(without).not.toHaveProperty('PrivateKeyPlaintext')
  },
)

await session(
  awsCli,
  'what OpenSSL encrypts with the public half of an RSA key is decrypted with the AWS CLI',
  async (program) => {
    const desk = await deskOf(program)
    const keyId = await newKey(desk, 'RSA_3072', 'ENCRYPT_DECRYPT')
    const key = await publicKeyFile(desk, keyId)
    const plain = await desk.file('plain', 'meet me at noon')
    const sealed = await desk.file('sealed', '')
    const oaep = ['rsa_padding_mode:oaep', 'rsa_oaep_md:sha256', 'rsa_mgf1_md:sha256']
    const options = oaep.flatMap((option) => ['-pkeyopt', option])
    const encrypting = ['-encrypt', '-pubin', '-keyform', 'DER', '-inkey', key, ...options]
    await desk.openssl('pkeyutl', ...encrypting, '-in', plain, '-out', sealed)

    const by = (algorithm: string) => ['--key-id', keyId, '--encryption-algorithm', algorithm]
    const decrypt = (algorithm: string) => [
      ...['kms', 'decrypt', '--ciphertext-blob', `fileb://${sealed}`],
      ...by(algorithm),
    ]
    const opened = await desk.root.says(...decrypt('RSAES_OAEP_SHA_256'), ...text('Plaintext'))
    expect(bytesOf(opened).toString()).toBe('meet me at noon')
    expect(await desk.root.fails(...decrypt('RSAES_OAEP_SHA_1'))).toMatch(
      /^An error occurred \(InvalidCiphertextException\) when calling the Decrypt operation/,
    )
    const encrypt = ['kms', 'encrypt', ...by('RSAES_OAEP_SHA_1'), '--plaintext', `fileb://${plain}`]
    await desk.file('sealed', bytesOf(await desk.root.says(...encrypt, ...text('CiphertextBlob'))))
    expect(await desk.root.says(...decrypt('RSAES_OAEP_SHA_1'), ...text('Plaintext'))).toBe(opened)
  },
)

await session(
  awsCli,
  'the AWS CLI and OpenSSL agree on one secret',
  async (program) => {
    const desk = await deskOf(program)
    const keyId = await newKey(desk, 'ECC_NIST_P256', 'KEY_AGREEMENT')
    const ours = await publicKeyFile(desk, keyId)
    const own = await desk.file('own.pem', '')
    const theirs = await desk.file('theirs.der', '')
    await desk.openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', own)
    await desk.openssl('pkey', '-in', own, '-pubout', '-outform', 'DER', '-out', theirs)

    const agreement = ['--key-id', keyId, '--key-agreement-algorithm', 'ECDH', '--public-key']
    const derive = ['kms', 'derive-shared-secret', ...agreement, `fileb://${theirs}`]
    const shared = bytesOf(await desk.root.says(...derive, ...text('SharedSecret')))
    const keys = ['-inkey', own, '-peerkey', ours, '-peerform', 'DER']
    const agreed = await desk.file('agreed', '')
    await desk.openssl('pkeyutl', '-derive', ...keys, '-out', agreed)
    expect(await readFile(agreed)).toEqual(shared)
  },
  { needs: ['derive-shared-secret'] },
)
