import { createHmac, hash } from 'node:crypto'

/** Computes signatures under one signing key: from a time (`20150830T123600Z`) and a canonical request's hash. */
export type Signer = (time: string, canonicalHash: string) => string

const algorithm = 'AWS4-HMAC-SHA256'
const blockBytes = 64
const timeStart = blockBytes + algorithm.length + 1

/** What a signing key is good for: one day, one Region, one service. */
export interface SigningScope {
  readonly date: string
  readonly region: string
  readonly service: string
}

/** The scope as it stands in credentials and in what is signed. */
export const scopeText = ({ date, region, service }: SigningScope) =>
  `${date}/${region}/${service}/aws4_request`

/**
 * The signer for a secret and a scope. An HMAC is two hashes over blocks that depend only on the key, and
 * hashing in one shot costs half of what HMAC objects do; so both blocks are laid out once, with room for
 * what differs between requests. For SigV4 only: these buffers are not wiped.
 */
export function createSigner(secretAccessKey: string, scope: SigningScope): Signer {
  const key = signingKey(secretAccessKey, scope)
  const message = `${algorithm}\n${'0'.repeat(16)}\n${scopeText(scope)}\n${'0'.repeat(64)}`
  const inner = Buffer.concat([paddedKey(key, 0x36), Buffer.from(message, 'latin1')])
  const outer = Buffer.concat([paddedKey(key, 0x5c), Buffer.alloc(32)])
  const hashStart = inner.length - 64
  let written = ''
  return (time, canonicalHash) => {
    if (time !== written) inner.write(time, timeStart, 16, 'latin1')
    written = time
    inner.write(canonicalHash, hashStart, 64, 'latin1')
    outer.write(hash('sha256', inner, 'latin1'), blockBytes, 32, 'latin1')
    return hash('sha256', outer, 'hex')
  }
}

function signingKey(secretAccessKey: string, { date, region, service }: SigningScope): Buffer {
  const start = Buffer.from(`AWS4${secretAccessKey}`)
  return [date, region, service, 'aws4_request'].reduce<Buffer>((key, part) => hmac(key, part), start)
}

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text, 'latin1').digest()

/** RFC 2104 §2: the key, filled up to a block and combined with a constant. */
const paddedKey = (key: Buffer, constant: number): Uint8Array =>
  new Uint8Array(blockBytes).map((_, index) => (key[index] ?? 0) ^ constant)
