import { createPrivateKey } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { Secret } from '../../src/crypto/secret.ts'

/** Published vectors: Wycheproof's, those of NIST's ACVP server, and of RFCs, where they are on the machine. */

const shared = process.env.CLAVIGER_SHARED ?? resolve(import.meta.dirname, '../../../../../shared')
const folder = join(shared, 'vectors')

/** Whether there are any; a suite without them is skipped, and says so. */
export const hasVectors = existsSync(join(folder, 'wycheproof_v1'))
if (!hasVectors) console.log(`skipped: there are no vectors in ${folder}`)

export interface Case {
  readonly tcId: number | string
  readonly comment?: string
  readonly result: 'valid' | 'invalid' | 'acceptable'
  readonly [name: string]: unknown
}

export interface Group<Of = Case> {
  readonly tests: readonly Of[]
  readonly [name: string]: unknown
}

/** The groups of every Wycheproof file whose name fits, with the file's name. */
export function wycheproof(name: RegExp): [file: string, groups: readonly Group[]][] {
  if (!hasVectors) return []
  const at = join(folder, 'wycheproof_v1')
  return readdirSync(at)
    .filter((file) => name.test(file))
    .map((file) => [file.replace('_test.json', ''), read(join(at, file)).testGroups as Group[]])
}

/** An ACVP case; the answers of the server are among its members. */
export interface AcvpCase {
  readonly tcId: number
  readonly testPassed: boolean
  readonly [name: string]: unknown
}

export function acvp(name: string): readonly Group<AcvpCase>[] {
  if (!hasVectors) return []
  return read(join(folder, 'acvp', name, 'internalProjection.json.gz')).testGroups as Group<AcvpCase>[]
}

/** The vectors of an RFC. */
export function rfc<Vector>(path: string): readonly Vector[] {
  return hasVectors ? (read(join(folder, 'rfc', path)) as unknown as Vector[]) : []
}

function read(path: string): Record<string, unknown> {
  const bytes = readFileSync(path)
  return JSON.parse((path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString())
}

export const hex = (text: unknown) => Buffer.from(String(text), 'hex')

/** A private number of a curve, as the key that we would keep. */
export function ecPrivateKey(namedCurve: string, scalar: Buffer): Secret {
  const key = createPrivateKey({ key: scalar, format: 'raw-private', asymmetricKeyType: 'ec', namedCurve })
  return new Secret(key.export({ format: 'der', type: 'pkcs8' }))
}

/** A number in as many bytes as a curve's field has, however it was written. */
export function sized(number: Buffer, bytes: number): Buffer {
  const kept = number.subarray(Math.max(0, number.length - bytes))
  return Buffer.concat([Buffer.alloc(bytes - kept.length), kept])
}
