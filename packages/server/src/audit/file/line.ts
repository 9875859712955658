import { hash } from 'node:crypto'

/** What stands for "the line before" in the very first line. */
export const noHash = '0'.repeat(64)

export interface Link {
  readonly sequence: number
  /** SHA-256 of the line before, in hex. */
  readonly previous: string
}

/** One line without its newline. The record is JSON already, written once: the hash is over these very bytes. */
export function lineOf({ sequence, previous }: Link, record: string): string {
  return `{"sequence":${sequence},"previous":"${previous}","record":${record}}`
}

/** The name of a line: what the next one calls `previous`. */
export function hashOf(line: string | Uint8Array): string {
  return hash('sha256', line, 'hex')
}

/** Longer than all that stands before any record: two names, sixteen digits, one hash. */
const linkBytesMax = 128

const form = /^\{"sequence":([1-9]\d{0,15}),"previous":"([0-9a-f]{64})","record":\{/

/** How a line is linked, or `undefined` for what is no line of ours. The record itself is not looked into. */
export function parseLink(line: Buffer): Link | undefined {
  const [, sequence, previous] =
    form.exec(line.toString('latin1', 0, Math.min(line.length, linkBytesMax))) ?? []
  if (sequence === undefined || previous === undefined || !endsLikeLine(line)) return undefined
  return { sequence: Number(sequence), previous }
}

function endsLikeLine(line: Buffer): boolean {
  return line.at(-1) === closingBrace && line.at(-2) === closingBrace
}

const closingBrace = 0x7d
