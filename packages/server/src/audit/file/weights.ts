import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceFile } from '../../base/durable-file.ts'
import type { JournalKey } from '../journal-key.ts'
import { signatureCheck } from './signed.ts'

/** A closed file that was read whole. */
export interface Weight {
  readonly segment: number
  /** What it takes, compressed as this service compresses: padding by somebody else is not in it. */
  readonly bytes: number
  /** The hash that its first line calls `previous`. */
  readonly previous: string
  /** The hash of its last line. What is noted holds for these very lines, and for no others under that number. */
  readonly hash: string
}

/** The note of them lies beside the files and is signed, so that a start need not read the whole journal again. */
function weightsPath(directory: string): string {
  return join(directory, 'journal-weights')
}

export async function writeWeights(
  directory: string,
  weights: readonly Weight[],
  key: JournalKey,
): Promise<void> {
  const rows = weights.map(({ segment, bytes, previous, hash }) => ({ segment, bytes, previous, hash }))
  const note = JSON.stringify({ weights: rows, signature: key.sign(signedText(rows)) })
  await replaceFile(weightsPath(directory), `${note}\n`)
}

/** What was noted; nothing when it is not a note that was signed: then all is weighed anew. */
export async function readWeights(
  directory: string,
  publicKey: string,
): Promise<ReadonlyMap<number, Weight>> {
  const text = await readFile(weightsPath(directory), 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return ''
    throw cause
  })
  return new Map(signedWeights(text, publicKey).map((weight) => [weight.segment, weight]))
}

function signedWeights(text: string, publicKey: string): readonly Weight[] {
  try {
    const { weights, signature } = JSON.parse(text)
    return signatureCheck(publicKey)(signedText(weights), signature) ? weights : []
  } catch {
    return []
  }
}

/** Another text than those of checkpoints, heads and beginnings: none can be shown for the other. */
function signedText(weights: readonly Weight[]): string {
  const rows = weights.map(
    ({ segment, bytes, previous, hash }) => `${segment} ${bytes} ${previous} ${hash}\n`,
  )
  return `claviger journal weights v1\n${rows.join('')}`
}
