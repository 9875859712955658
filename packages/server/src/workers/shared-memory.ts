import { SharedTable } from '../base/shared-table.ts'
import { sharedSignaturesMost } from '../http/shared-signatures.ts'
import { sharedGuessesMost } from '../identity/code-guesses.ts'
import { sharedBucketsMost } from '../quotas/buckets.ts'

/** What all threads of a service see at once, without asking each other. */
export interface SharedMemory {
  /** How many commits there were that changed what may be kept in memory somewhere. */
  readonly commits: SharedArrayBuffer
  /** Requests counted in quotas; wrong one-time codes; signatures that services have presented. */
  readonly buckets: SharedArrayBuffer
  readonly guesses: SharedArrayBuffer
  readonly signatures: SharedArrayBuffer
  /** The time, where it is not the machine's own. */
  readonly clock?: SharedArrayBuffer
}

export function newSharedMemory(clock: SharedArrayBuffer | undefined): SharedMemory {
  return {
    commits: new SharedArrayBuffer(4),
    buckets: SharedTable.memory(sharedBucketsMost),
    guesses: SharedTable.memory(sharedGuessesMost),
    signatures: SharedTable.memory(sharedSignaturesMost),
    ...(clock !== undefined && { clock }),
  }
}

/** The tables in it, for one thread. */
export function tablesIn({ buckets, guesses, signatures }: SharedMemory, thread: number) {
  return {
    buckets: new SharedTable(buckets, thread),
    guesses: new SharedTable(guesses, thread),
    signatures: new SharedTable(signatures, thread),
  }
}

/** A thread has ended, wherever it was: whatever it held alone is everybody's again. */
export function releaseAll(memory: SharedMemory, ended: number): void {
  for (const table of Object.values(tablesIn(memory, ended))) table.release(ended)
}
