import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file of quotas for the setting that names one. */
export async function quotasFile(text: string): Promise<{ path: string; remove(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'claviger-quotas-'))
  const path = join(directory, 'quotas.yaml')
  await writeFile(path, text)
  return { path, remove: () => rm(directory, { recursive: true }) }
}
