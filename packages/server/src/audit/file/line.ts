import { hash } from 'node:crypto'

/** What stands for "the line before" in the very first line. */
export const noHash = '0'.repeat(64)

export interface Link {
  readonly sequence: number
  /** SHA-256 of the line before, in hex. */
  readonly previous: string
}

/** What a line is for: an event, or a signature of all that stands before it. */
export type Content = 'record' | 'checkpoint'

/**
 * No line is longer. A request has at most one megabyte, and its record repeats little of it; whoever reads the journal
 * need not hold more.
 */
export const lineBytesMost = 16 << 20

/** One line without its newline. The content is JSON already, written once: the hash is over these very bytes. */
export function lineOf({ sequence, previous }: Link, json: string, content: Content = 'record'): string {
  return `{"sequence":${sequence},"previous":"${previous}","${content}":${json}}`
}

/** The name of a line: what the next one calls `previous`. */
export function hashOf(line: string | Uint8Array): string {
  return hash('sha256', line, 'hex')
}

/** Longer than all that stands before any record: two names, sixteen digits, one hash. */
const linkBytesMax = 128

const form = /^\{"sequence":([1-9]\d{0,15}),"previous":"([0-9a-f]{64})","(record|checkpoint)":\{/

/** How a line is linked, or `undefined` for what is no line of ours. Its content is not looked into. */
export function parseLink(line: Buffer): (Link & { readonly content: Content }) | undefined {
  const [, sequence, previous, content] =
    form.exec(line.toString('latin1', 0, Math.min(line.length, linkBytesMax))) ?? []
  if (sequence === undefined || previous === undefined || !endsLikeLine(line)) return undefined
  return { sequence: Number(sequence), previous, content: content as Content }
}

function endsLikeLine(line: Buffer): boolean {
  return line.at(-1) === closingBrace && line.at(-2) === closingBrace
}

const closingBrace = 0x7d
