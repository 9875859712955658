import {
  constants,
  createDecipheriv,
  generateKeyPairSync,
  type KeyObject,
  privateDecrypt,
  sign,
} from 'node:crypto'
import type { OctetString } from 'asn1js'
import { encode } from 'cborg'
import { ContentInfo, EnvelopedData, type KeyTransRecipientInfo } from 'pkijs'
import { type CertificateSpec, certify, type Holder } from './certificates.ts'

/** Makes attestation documents as a Nitro enclave's hypervisor does, under a root of the test's own. */

/** What a document is to say; whatever is left out is as it should be. */
export interface Wanted {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly pcrs?: Readonly<Record<number, Uint8Array>>
  /** Members to put in, and with `undefined` to leave out. */
  readonly members?: Readonly<Record<string, unknown>>
  readonly protectedHeader?: unknown
  readonly unprotected?: unknown
  readonly tagged?: boolean
  /** Whose signature the message bears. */
  readonly signedBy?: KeyObject
  /** Does what it likes with the payload before that is signed. */
  readonly payload?: (payload: Uint8Array) => Uint8Array
}

export interface Enclave {
  /** The root first; the last has signed the signer's certificate. */
  readonly authorities: readonly Holder[]
  readonly signer: Holder
  readonly rootPem: string
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
  document(wanted: Wanted): Uint8Array
  /** What the service sent for this enclave alone. */
  open(ciphertextForRecipient: Uint8Array): Buffer
}

/** What a register holds that measured this. */
export function register(of: number): Uint8Array {
  return new Uint8Array(48).fill(of)
}

const chainAsAws: readonly CertificateSpec[] = [
  { name: 'test.nitro-enclaves' },
  { name: 'region.test.nitro-enclaves', pathLength: 2 },
  { name: 'zone.test.nitro-enclaves', pathLength: 1 },
  { name: 'instance.test.nitro-enclaves', pathLength: 0 },
]
const signerAsAws: CertificateSpec = { name: 'enclave.test', authority: false }

/** An enclave with a chain of certificates like AWS's own, or one that a test wants otherwise. */
export async function testEnclave(
  chain: readonly CertificateSpec[] = chainAsAws,
  leaf: CertificateSpec = signerAsAws,
): Promise<Enclave> {
  const authorities: Holder[] = []
  for (const spec of chain) authorities.push(await certify(spec, authorities.at(-1)))
  const signer = await certify(leaf, authorities.at(-1))
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return {
    authorities,
    signer,
    rootPem: String(authorities[0]?.x509.toString()),
    publicKey,
    privateKey,
    document: (wanted) => documentOf(wanted, { authorities, signer, publicKey }),
    open: (ciphertext) => openEnveloped(ciphertext, privateKey),
  }
}

/** The chain of `chainAsAws`, one of its certificates otherwise. */
export function chainWith(place: number, change: Partial<CertificateSpec>): readonly CertificateSpec[] {
  return chainAsAws.map((spec, index) => (index === place ? { ...spec, ...change } : spec))
}

/** The members of a good document, in AWS's order. */
export function goodMembers(
  { at, pcrs = { 0: register(0xaa), 1: register(1) } }: Wanted,
  { authorities, signer, publicKey }: Pick<Enclave, 'authorities' | 'signer' | 'publicKey'>,
): Record<string, unknown> {
  return {
    module_id: 'i-1234567890abcdef0-enc9876543210abcde',
    digest: 'SHA384',
    timestamp: at,
    pcrs: new Map(Object.entries(pcrs).map(([index, value]) => [Number(index), value])),
    certificate: signer.der,
    cabundle: authorities.map(({ der }) => der),
    public_key: Uint8Array.from(publicKey.export({ type: 'spki', format: 'der' })),
    user_data: null,
    nonce: null,
  }
}

function documentOf(
  wanted: Wanted,
  enclave: Pick<Enclave, 'authorities' | 'signer' | 'publicKey'>,
): Uint8Array {
  const members = Object.entries({ ...goodMembers(wanted, enclave), ...wanted.members })
  const present = new Map(members.filter(([, value]) => value !== undefined))
  const plain = encode(present, { mapSorter: () => 0 })
  const payload = wanted.payload?.(plain) ?? plain
  const protectedHeader = encode(wanted.protectedHeader ?? new Map([[1, -35]]))
  const signed = encode(['Signature1', protectedHeader, new Uint8Array(), payload])
  const key = wanted.signedBy ?? enclave.signer.privateKey
  const signature = Uint8Array.from(sign('sha384', signed, { key, dsaEncoding: 'ieee-p1363' }))
  const message = encode([protectedHeader, wanted.unprotected ?? new Map(), payload, signature])
  return wanted.tagged ? Uint8Array.of(0xd2, ...message) : message
}

function openEnveloped(ciphertext: Uint8Array, privateKey: KeyObject): Buffer {
  const content = ContentInfo.fromBER(Uint8Array.from(ciphertext).buffer)
  const { recipientInfos, encryptedContentInfo } = new EnvelopedData({ schema: content.content })
  const recipient = recipientInfos[0]?.value as KeyTransRecipientInfo
  const encryptedKey = Buffer.from(recipient.encryptedKey.valueBlock.valueHexView)
  const key = privateDecrypt(
    { key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
    encryptedKey,
  )
  const iv = encryptedContentInfo.contentEncryptionAlgorithm.algorithmParams as OctetString
  const decipher = createDecipheriv('aes-256-cbc', key, iv.valueBlock.valueHexView)
  const body = Buffer.from(encryptedContentInfo.getEncryptedContent())
  return Buffer.concat([decipher.update(body), decipher.final()])
}
