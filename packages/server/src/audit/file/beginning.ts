import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceFile } from '../../base/durable-file.ts'
import type { JournalKey } from '../journal-key.ts'
import { type Moment, signatureCheck } from './signed.ts'

/** Where a journal begins whose first files were deleted on purpose: the last line that was deleted, and what is kept. */
export interface Beginning extends Moment {
  /** The first file that is kept. */
  readonly segment: number
}

/** The note of it lies beside the files, and is signed: a journal that somebody else cut off at the front has none. */
export function beginningPath(directory: string): string {
  return join(directory, 'journal-beginning')
}

/** Durable before any file is deleted: a crash between the two leaves files that are not needed, and no gap. */
export async function writeBeginning(
  directory: string,
  { segment, sequence, hash }: Beginning,
  key: JournalKey,
): Promise<void> {
  const signature = key.sign(signedText({ segment, sequence, hash }))
  const note = JSON.stringify({ segment, sequence, hash, signature })
  await replaceFile(beginningPath(directory), `${note}\n`)
}

/**
 * Where the journal begins; `undefined` for one that begins with its first line, and where the note is not one that was
 * signed. Without a public key a note is believed as it is.
 */
export async function readBeginning(
  directory: string,
  publicKey: string | undefined,
): Promise<Beginning | undefined> {
  const text = await readFile(beginningPath(directory), 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined
    throw cause
  })
  const note = text === undefined ? undefined : parseNote(text)
  if (note === undefined) return undefined
  const { signature, ...beginning } = note
  const isSigned = publicKey === undefined || signatureCheck(publicKey)(signedText(beginning), signature)
  return isSigned ? beginning : undefined
}

/** Another text than those of checkpoints and heads: none can be shown for the other. */
function signedText({ segment, sequence, hash }: Beginning): string {
  return `claviger journal beginning v1\n${segment}\n${sequence}\n${hash}\n`
}

function parseNote(text: string): (Beginning & { readonly signature: string }) | undefined {
  try {
    const { segment, sequence, hash, signature } = JSON.parse(text)
    const isNote =
      Number.isSafeInteger(segment) &&
      Number.isSafeInteger(sequence) &&
      typeof hash === 'string' &&
      typeof signature === 'string'
    return isNote ? { segment, sequence, hash, signature } : undefined
  } catch {
    return undefined
  }
}
