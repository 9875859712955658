import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A record as a test reads it. */
export type AuditRecord = Readonly<Record<string, unknown>> & {
  readonly eventName: string
  readonly eventID: string
  readonly requestID?: string
}

/** The lines of a service's journal, checkpoints too, as text. Tests write less than one file's worth. */
export async function journalText(dataDir: string): Promise<string> {
  const directory = join(dataDir, 'audit')
  const names = (await readdir(directory)).filter((name) => name.endsWith('.jsonl')).sort()
  return (await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')))).join('')
}

/** The records of a service's journal, oldest first; a line that was torn by a kill is none. */
export async function recordsIn(dataDir: string): Promise<AuditRecord[]> {
  const lines = (await journalText(dataDir)).split('\n').slice(0, -1)
  return lines.flatMap((line) => (JSON.parse(line) as { record?: AuditRecord }).record ?? [])
}
