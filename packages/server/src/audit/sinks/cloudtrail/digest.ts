import { hash } from 'node:crypto'
import type { DigestKey } from './digest-key.ts'
import { digestPath, type Home, type Trail, timeText } from './layout.ts'

/** A log file that was delivered, as a digest tells of it. */
export interface LogFile {
  readonly path: string
  /** SHA-256 of the file before it was compressed, in hex. */
  readonly hashValue: string
  readonly oldestEventTime: string
  readonly newestEventTime: string
  /** When it was delivered. */
  readonly at: number
}

/** A digest that was made, as the next one tells of it. */
export interface Digested {
  readonly path: string
  readonly hashValue: string
  readonly signature: string
}

/** The digests of one account and Region, each naming the one before, and what the next one is to cover. */
export interface DigestChain extends Home {
  /** When the next digest begins. */
  readonly since: number
  readonly previous?: Digested
  readonly logFiles: readonly LogFile[]
}

/** A digest file before it is compressed, and its signature, which S3 keeps beside it. */
export interface Digest extends Digested {
  readonly text: string
}

/** How much time a digest covers. */
export const digestMs = 3_600_000

/** The end of the next digest of a chain: the last whole hour since the one before; `undefined` until there is one. */
export function dueEnd({ since }: DigestChain, now: number): number | undefined {
  const hours = Math.floor((now - since) / digestMs)
  return hours < 1 ? undefined : since + hours * digestMs
}

/**
 * One digest file: names and hashes of the log files that were delivered until `end`, and the signature of the digest
 * before. Members and their order are those of the CloudTrail User Guide, "CloudTrail digest file structure".
 */
export function makeDigest(
  chain: DigestChain,
  end: number,
  { trail, key }: { trail: Trail; key: DigestKey },
): Digest {
  const { previous } = chain
  const path = digestPath(chain, trail, end)
  const logFiles = chain.logFiles.filter(({ at }) => at <= end)
  const text = JSON.stringify({
    awsAccountId: chain.account,
    digestStartTime: timeText(chain.since),
    digestEndTime: timeText(end),
    digestS3Bucket: trail.bucket,
    digestS3Object: path,
    digestPublicKeyFingerprint: key.fingerprint,
    digestSignatureAlgorithm: 'SHA256withRSA',
    newestEventTime:
      logFiles
        .map(({ newestEventTime }) => newestEventTime)
        .sort()
        .at(-1) ?? null,
    oldestEventTime: logFiles.map(({ oldestEventTime }) => oldestEventTime).sort()[0] ?? null,
    previousDigestS3Bucket: previous === undefined ? null : trail.bucket,
    previousDigestS3Object: previous?.path ?? null,
    previousDigestHashValue: previous?.hashValue ?? null,
    previousDigestHashAlgorithm: previous === undefined ? null : 'SHA-256',
    previousDigestSignature: previous?.signature ?? null,
    logFiles: logFiles.map((file) => ({
      s3Bucket: trail.bucket,
      s3Object: file.path,
      hashValue: file.hashValue,
      hashAlgorithm: 'SHA-256',
      newestEventTime: file.newestEventTime,
      oldestEventTime: file.oldestEventTime,
    })),
  })
  const hashValue = hash('sha256', text, 'hex')
  // What is signed: "CloudTrail log file custom validation" of the same guide, with its word for "there is none".
  const signed = [timeText(end), `${trail.bucket}/${path}`, hashValue, previous?.signature ?? 'null'].join(
    '\n',
  )
  return { path, text, hashValue, signature: key.sign(signed) }
}

/** The chain behind a digest. */
export function behind(chain: DigestChain, { path, hashValue, signature }: Digest, end: number): DigestChain {
  return {
    ...chain,
    since: end,
    previous: { path, hashValue, signature },
    logFiles: chain.logFiles.filter(({ at }) => at > end),
  }
}
