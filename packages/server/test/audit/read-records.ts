import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

/** A record as a test reads it. */
export type AuditRecord = Readonly<Record<string, unknown>> & {
  readonly eventName: string
  readonly eventID: string
  readonly requestID?: string
}

/** The lines of a service's journal, checkpoints too, as text. */
export async function journalText(dataDir: string): Promise<string> {
  const directory = join(dataDir, 'audit')
  const names = (await readdir(directory)).filter((name) => /\.jsonl(?:\.gz)?$/.test(name))
  const segments = [...new Set(names.map((name) => name.replace(/\.gz$/, '')))].sort()
  return (await Promise.all(segments.map((name) => segmentText(join(directory, name))))).join('')
}

/** A closed segment is compressed while a test goes on, and its plain form may go at any moment. */
async function segmentText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch {
    return gunzipSync(await readFile(`${path}.gz`)).toString()
  }
}

/** The records of a service's journal, oldest first; a line that was torn by a kill is none. */
export async function recordsIn(dataDir: string): Promise<AuditRecord[]> {
  const lines = (await journalText(dataDir)).split('\n').slice(0, -1)
  return lines.flatMap((line) => (JSON.parse(line) as { record?: AuditRecord }).record ?? [])
}
