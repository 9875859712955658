import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { KMS } from '@aws-sdk/client-kms'
import { kmsFor, open, seal } from './envelope.ts'
import { actFor, type ForwardAccessSession, NotBelieved, type Service } from './forward-access.ts'
import type { ObjectHead, Shelf } from './shelf.ts'

/** What goes back to the client. */
export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array | string
}

/** An error in S3's words. */
class S3Error extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.status = status
    this.code = code
  }
}

interface Place {
  readonly bucket: string
  readonly key: string
}

interface Asked extends Place {
  readonly headers: IncomingMessage['headers']
  readonly body: Uint8Array
  readonly session: ForwardAccessSession
  readonly kms: KMS
  readonly shelf: Shelf
}

const operations: Readonly<Record<string, (asked: Asked) => Promise<Answer>>> = {
  PUT: putObject,
  GET: getObject,
  HEAD: headObject,
  DELETE: deleteObject,
}

/** Answers one request: who signed it, what they want, and what KMS says to it. */
export async function answer(
  request: IncomingMessage,
  { service, shelf }: { readonly service: Service; readonly shelf: Shelf },
): Promise<Answer> {
  try {
    const body = await bodyOf(request)
    const bodyHash = hashOf(request, body)
    const { method = '', url: target = '', rawHeaders: headers } = request
    const session = await actFor({ method, target, headers, bodyHash }, service)
    const operation = operations[method]
    if (operation === undefined) throw new S3Error(405, 'MethodNotAllowed', 'Not built here')
    const kms = kmsFor(session, service)
    try {
      return await operation({ ...placeIn(target), headers: request.headers, body, session, kms, shelf })
    } finally {
      kms.destroy()
    }
  } catch (error) {
    return errorAnswer(error)
  }
}

async function putObject({ headers, body, session, kms, shelf, bucket, key }: Asked): Promise<Answer> {
  const stored = await shelf.find({ bucket, key })
  if (stored !== undefined) requireOwn(stored.head, session)
  const { envelope, sealed } = await seal(body, kms, {
    // As S3 does where no key is named: the key that is managed for it in the caller's account.
    keyId: header(headers, 'x-amz-server-side-encryption-aws-kms-key-id') ?? 'alias/aws/s3',
    context: contextOf({ bucket, key }, headers),
  })
  const head: ObjectHead = {
    bucket,
    key,
    account: session.account,
    contentType: headers['content-type'] ?? 'application/octet-stream',
    length: body.length,
    lastModified: new Date().toUTCString(),
    // Of what is stored and not of what was sent: an entity tag must not tell what an object says.
    etag: `"${createHash('md5').update(sealed).digest('hex')}"`,
    envelope,
  }
  await shelf.put({ head, sealed })
  return { status: 200, headers: { etag: head.etag, ...encryptionHeaders(head) } }
}

async function getObject(asked: Asked): Promise<Answer> {
  const { head, sealed } = await ownObject(asked)
  return { status: 200, headers: objectHeaders(head), body: await open(sealed, asked.kms, head.envelope) }
}

async function headObject(asked: Asked): Promise<Answer> {
  return { status: 200, headers: objectHeaders((await ownObject(asked)).head) }
}

async function deleteObject({ shelf, bucket, key, session }: Asked): Promise<Answer> {
  const stored = await shelf.find({ bucket, key })
  if (stored !== undefined) requireOwn(stored.head, session)
  await shelf.remove({ bucket, key })
  return { status: 204 }
}

async function ownObject({ shelf, bucket, key, session }: Asked) {
  const stored = await shelf.find({ bucket, key })
  if (stored === undefined) throw new S3Error(404, 'NoSuchKey', 'The specified key does not exist.')
  requireOwn(stored.head, session)
  return stored
}

/** This store's only permission of its own: objects are their account's. Who in it may open them, its keys say. */
function requireOwn({ account }: ObjectHead, session: ForwardAccessSession): void {
  if (account !== session.account) throw new S3Error(403, 'AccessDenied', 'Access Denied')
}

/** What is authenticated with the data key: which object it is for, as S3 does it, and what the client adds. */
function contextOf({ bucket, key }: Place, headers: IncomingMessage['headers']): Record<string, string> {
  const own = { 'aws:s3:arn': `arn:aws:s3:::${bucket}/${key}` }
  const encoded = header(headers, 'x-amz-server-side-encryption-context')
  if (encoded === undefined) return own
  try {
    return { ...own, ...(JSON.parse(Buffer.from(encoded, 'base64').toString()) as Record<string, string>) }
  } catch {
    throw new S3Error(400, 'InvalidArgument', 'The encryption context is not JSON in base64')
  }
}

function objectHeaders(head: ObjectHead): Record<string, string> {
  return {
    etag: head.etag,
    'content-type': head.contentType,
    'content-length': String(head.length),
    'last-modified': head.lastModified,
    ...encryptionHeaders(head),
  }
}

function encryptionHeaders({ envelope }: ObjectHead): Record<string, string> {
  return {
    'x-amz-server-side-encryption': 'aws:kms',
    'x-amz-server-side-encryption-aws-kms-key-id': envelope.keyArn,
  }
}

/** `/bucket/key`, the path style. */
function placeIn(target: string): Place {
  const [path = ''] = target.split('?')
  const [, bucket = '', ...rest] = path.split('/').map(decodeURIComponent)
  if (bucket === '' || rest.join('/') === '')
    throw new S3Error(501, 'NotImplemented', 'Only objects are built here')
  return { bucket, key: rest.join('/') }
}

/** What the signature says of the body: its hash, which must be right, or that it says nothing. */
function hashOf(request: IncomingMessage, body: Uint8Array): string {
  const claimed = header(request.headers, 'x-amz-content-sha256') ?? 'UNSIGNED-PAYLOAD'
  if (claimed === 'UNSIGNED-PAYLOAD') return claimed
  if (claimed.startsWith('STREAMING-'))
    throw new S3Error(501, 'NotImplemented', 'Bodies in chunks are not built here')
  if (createHash('sha256').update(body).digest('hex') === claimed) return claimed
  throw new S3Error(400, 'XAmzContentSHA256Mismatch', 'The body is not what was signed')
}

const bodyBytesMost = 64 << 20

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Uint8Array>) {
    length += chunk.length
    if (length > bodyBytesMost)
      throw new S3Error(400, 'EntityTooLarge', 'The object is too large for this store')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function header(headers: IncomingMessage['headers'], name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value[0] : value
}

/** The user's own mistake, in S3's words; KMS's answer, as S3 hands it on; or ours. */
function errorAnswer(error: unknown): Answer {
  if (error instanceof S3Error) return xmlError(error.status, error.code, error.message)
  if (error instanceof NotBelieved) return xmlError(403, s3Codes[error.code] ?? error.code, error.message)
  const { name = '', message = '', $fault } = error as { name?: string; message?: string; $fault?: string }
  if (name === 'AccessDeniedException') return xmlError(403, 'AccessDenied', message)
  if ($fault === 'client') return xmlError(400, `KMS.${name}`, message)
  return xmlError(500, 'InternalError', 'We encountered an internal error. Please try again.')
}

/** What S3 calls differently. */
const s3Codes: Readonly<Record<string, string>> = {
  InvalidClientTokenId: 'InvalidAccessKeyId',
  MissingAuthenticationToken: 'AccessDenied',
}

function xmlError(status: number, code: string, message: string): Answer {
  const text = message.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return {
    status,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${text}</Message></Error>`,
  }
}
