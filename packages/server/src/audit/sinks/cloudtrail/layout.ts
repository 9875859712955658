/** Whose records, of which Region: CloudTrail keeps these apart. */
export interface Home {
  readonly account: string
  readonly region: string
}

/** The trail, as far as names of files tell of it. */
export interface Trail {
  /** The bucket that the files are for. Their names in it are their paths in the directory. */
  readonly bucket: string
  readonly name: string
  readonly homeRegion: string
}

/** Where a log file is that was delivered at some time; `unique` tells it from others of that minute. */
export function logFilePath({ account, region }: Home, at: number, unique: string): string {
  const { day, minute } = partsOf(at)
  return `AWSLogs/${account}/CloudTrail/${region}/${day}/${account}_CloudTrail_${region}_${minute}Z_${unique}.json.gz`
}

/** Where a digest file is, by the end of what it covers. */
export function digestPath({ account, region }: Home, { name, homeRegion }: Trail, end: number): string {
  const { day, second } = partsOf(end)
  return (
    `AWSLogs/${account}/CloudTrail-Digest/${region}/${day}/` +
    `${account}_CloudTrail-Digest_${region}_${name}_${homeRegion}_${second}Z.json.gz`
  )
}

/** Beside each digest file: what S3 is to keep as its metadata, its signature. */
export function metadataPath(digest: string): string {
  return `${digest}.metadata.json`
}

/** The public half of what signs the digests, in the form of CloudTrail's ListPublicKeys. */
export const publicKeysPath = 'cloudtrail-public-keys.json'

/** As CloudTrail writes times: ISO 8601, to the second. */
export function timeText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`
}

function partsOf(at: number): { readonly day: string; readonly minute: string; readonly second: string } {
  const text = timeText(at)
  const compact = text.replaceAll(/[-:Z]/g, '')
  return { day: text.slice(0, 10).replaceAll('-', '/'), minute: compact.slice(0, -2), second: compact }
}
