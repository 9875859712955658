import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Enclave } from './enclave.ts'

/** A file for the setting that says whose attestation documents are believed: those of these enclaves. */
export async function rootsFile(
  ...enclaves: readonly Pick<Enclave, 'rootPem'>[]
): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'claviger-attestation-'))
  const path = join(directory, 'roots.pem')
  await writeFile(path, enclaves.map(({ rootPem }) => `a root\n${rootPem}`).join('\n'))
  return { path, remove: () => rm(directory, { recursive: true }) }
}
