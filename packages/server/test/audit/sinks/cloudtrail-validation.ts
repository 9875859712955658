import { createHash, createPublicKey, verify } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { AuditRecord } from '../read-records.ts'

/**
 * CloudTrail's validation of its files, as its User Guide tells whoever writes their own ("Custom implementations of
 * CloudTrail log file integrity validation"): from the newest digest of an account and Region back to the first.
 */

export interface Validated {
  /** From the newest back. */
  readonly digests: readonly DigestFile[]
  readonly logFiles: readonly string[]
  /** Every step that failed. */
  readonly problems: readonly string[]
}

export interface DigestFile {
  readonly awsAccountId: string
  readonly digestStartTime: string
  readonly digestEndTime: string
  readonly digestS3Bucket: string
  readonly digestS3Object: string
  readonly digestPublicKeyFingerprint: string
  readonly previousDigestS3Bucket: string | null
  readonly previousDigestS3Object: string | null
  readonly previousDigestHashValue: string | null
  readonly previousDigestSignature: string | null
  readonly newestEventTime: string | null
  readonly oldestEventTime: string | null
  readonly logFiles: readonly {
    readonly s3Bucket: string
    readonly s3Object: string
    readonly hashValue: string
  }[]
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** Every file below a directory, as a path in it. */
export async function filesBelow(directory: string, pattern: RegExp): Promise<string[]> {
  const names = await readdir(directory, { recursive: true })
  return names.filter((name) => pattern.test(name)).sort()
}

export async function recordsInLogs(directory: string, paths: readonly string[]): Promise<AuditRecord[]> {
  const files = await Promise.all(paths.map((path) => readFile(join(directory, path))))
  return files.flatMap(
    (file) => (JSON.parse(gunzipSync(file).toString()) as { Records: AuditRecord[] }).Records,
  )
}

/** Validates what is in a directory for one account and Region. */
export async function validate(
  directory: string,
  home: { readonly account: string; readonly region: string },
  bucket: string,
): Promise<Validated> {
  const problems: string[] = []
  const digests: DigestFile[] = []
  const logFiles: string[] = []
  const below = `AWSLogs/${home.account}/CloudTrail-Digest/${home.region}/`
  const all = (await filesBelow(directory, /_CloudTrail-Digest_.*\.json\.gz$/)).filter((path) =>
    path.startsWith(below),
  )
  let path: string | null = all.at(-1) ?? null
  let wantedHash: string | null = null
  while (path !== null) {
    const bytes = await readFile(join(directory, path)).then(gunzipSync, () => undefined)
    if (bytes === undefined) {
      problems.push(`digest ${path} is missing`)
      break
    }
    const digest = JSON.parse(bytes.toString()) as DigestFile
    if (digest.digestS3Bucket !== bucket || digest.digestS3Object !== path)
      problems.push(`digest ${path} was moved`)
    if (wantedHash !== null && sha256(bytes) !== wantedHash)
      problems.push(`digest ${path} is not the one that was named`)
    if (!(await isSigned(directory, digest, bytes))) problems.push(`digest ${path} is not signed`)
    for (const { s3Object, hashValue } of digest.logFiles) {
      const log = await readFile(join(directory, s3Object)).then(gunzipSync, () => undefined)
      if (log === undefined) problems.push(`log file ${s3Object} is missing`)
      else if (sha256(log) !== hashValue) problems.push(`log file ${s3Object} was changed`)
      logFiles.push(s3Object)
    }
    digests.push(digest)
    wantedHash = digest.previousDigestHashValue
    path = digest.previousDigestS3Object
  }
  return { digests, logFiles, problems }
}

async function isSigned(directory: string, digest: DigestFile, bytes: Uint8Array): Promise<boolean> {
  const read = async (path: string) => JSON.parse(await readFile(join(directory, path), 'utf8'))
  const { PublicKeyList } = (await read('cloudtrail-public-keys.json')) as {
    PublicKeyList: { Value: string; Fingerprint: string }[]
  }
  const key = PublicKeyList.find(({ Fingerprint }) => Fingerprint === digest.digestPublicKeyFingerprint)
  const metadata = (await read(`${digest.digestS3Object}.metadata.json`)) as Record<string, string>
  const text = [
    digest.digestEndTime,
    `${digest.digestS3Bucket}/${digest.digestS3Object}`,
    sha256(bytes),
    digest.previousDigestSignature ?? 'null',
  ].join('\n')
  const publicKey = createPublicKey({
    key: Buffer.from(key?.Value ?? '', 'base64'),
    format: 'der',
    type: 'pkcs1',
  })
  return (
    metadata['signature-algorithm'] === 'SHA256withRSA' &&
    verify('sha256', Buffer.from(text), publicKey, Buffer.from(metadata.signature ?? '', 'hex'))
  )
}
