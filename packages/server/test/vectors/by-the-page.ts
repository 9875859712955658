import { hash, webcrypto } from 'node:crypto'

/** docs/ciphertext-blob.md over WebCrypto: shares no line with the code that it reads after. */

type Context = Readonly<Record<string, string>>

/** Opens a blob of an ordinary key. @returns hex */
export async function openByThePage(blob: Buffer, material: Buffer, context: Context): Promise<string> {
  const associatedData = Buffer.concat([blob.subarray(0, 57), contextBytes(context)])
  const label = 'claviger ciphertext blob v1'
  return openEnvelope(blob.subarray(57), { material, label, associatedData })
}

/** Opens a doubly encrypted blob, with both keys. @returns hex */
export async function openExternalByThePage(
  blob: Buffer,
  { material, externalKey }: { readonly material: Buffer; readonly externalKey: Buffer },
  context: Context,
): Promise<string> {
  const header = blob.subarray(0, 57)
  const [vectorStart, vectorLength] = [58, blob.readUInt8(57)]
  const tagStart = vectorStart + vectorLength
  const [metadataStart, metadataLength] = [tagStart + 17, blob.readUInt8(tagStart + 16)]
  const metadata = blob.subarray(metadataStart, metadataStart + metadataLength)
  const told = Buffer.concat([header, hash('sha256', contextBytes(context), 'buffer')])
  const inner = await decrypt({
    key: externalKey,
    iv: blob.subarray(vectorStart, tagStart),
    additionalData: Buffer.concat([Buffer.of(0, told.length), told, Buffer.of(metadataLength), metadata]),
    body: Buffer.concat([
      blob.subarray(metadataStart + metadataLength),
      blob.subarray(tagStart, tagStart + 16),
    ]),
  })
  const associatedData = Buffer.concat([header, contextBytes(context)])
  const label = 'claviger ciphertext blob v1, inner layer'
  return openEnvelope(inner, { material, label, associatedData })
}

function contextBytes(context: Context): Buffer {
  const pairs = Object.entries(context)
    .map(([key, value]) => [Buffer.from(key), Buffer.from(value)] as const)
    .sort(([left], [right]) => Buffer.compare(left, right))
  const length = (part: Uint8Array) => Buffer.from(Uint32Array.of(part.length).buffer).reverse()
  return Buffer.concat(pairs.flat().flatMap((part) => [length(part), part]))
}

async function openEnvelope(
  sealed: Buffer,
  using: { readonly material: Buffer; readonly label: string; readonly associatedData: Buffer },
): Promise<string> {
  const { material, label, associatedData } = using
  const [nonce, commitment, body] = [sealed.subarray(0, 32), sealed.subarray(32, 64), sealed.subarray(64)]
  const macKey = await webcrypto.subtle.importKey(
    'raw',
    Uint8Array.from(material),
    { name: 'HMAC', hash: 'SHA-512' },
    false,
    ['sign'],
  )
  const input = Buffer.concat([
    Buffer.of(0, 0, 0, 1),
    Buffer.from(label),
    Buffer.of(0),
    nonce,
    associatedData,
    Buffer.of(0, 0, 2, 0),
  ])
  const derived = Buffer.from(await webcrypto.subtle.sign('HMAC', macKey, input))
  if (!derived.subarray(32).equals(commitment)) throw new Error('the commitment is to another key')
  const opened = await decrypt({
    key: derived.subarray(0, 32),
    iv: Buffer.alloc(12),
    additionalData: associatedData,
    body,
  })
  return opened.toString('hex')
}

async function decrypt(using: {
  readonly key: Buffer
  readonly iv: Buffer
  readonly additionalData: Buffer
  readonly body: Buffer
}): Promise<Buffer> {
  const iv = Uint8Array.from(using.iv)
  const additionalData = Uint8Array.from(using.additionalData)
  const key = await webcrypto.subtle.importKey('raw', Uint8Array.from(using.key), 'AES-GCM', false, [
    'decrypt',
  ])
  const body = Uint8Array.from(using.body)
  return Buffer.from(await webcrypto.subtle.decrypt({ name: 'AES-GCM', iv, additionalData }, key, body))
}
