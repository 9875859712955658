import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/**
 * AWS's published facts and collected policies are not part of this repository. They are looked for beside the
 * checkout, or where CLAVIGER_SHARED says.
 */
const folder = process.env.CLAVIGER_SHARED ?? resolve(import.meta.dirname, '../../../../../shared')

export const present: boolean = existsSync(folder)

if (!present) console.log('the collected facts are not on this machine: these conformance tests are skipped')

export function readShared(path: string): string {
  return readFileSync(join(folder, path), 'utf8')
}
