import { setTimeout } from 'node:timers/promises'
import { monotonicMs } from '../base/elapsed.ts'
import type { RootKeyHealth } from '../root-key/watch-root-key.ts'
import type { Store } from '../storage/store.ts'
import { probeWriting } from './write-probe.ts'

/** What a service is doing: `starting` until it listens, `closing` from the first signal to stop. */
export type Phase = 'starting' | 'serving' | 'closing'

/** What readiness follows from. */
export interface Vital {
  readonly phase: () => Phase
  readonly journalDirectory: string
  readonly store: Pick<Store, 'changeNumber'>
  readonly rootKey: Pick<RootKeyHealth, 'isOpen'>
}

/** One thing that calls cannot do without: fine, or why not. */
export interface PartState {
  readonly ok: boolean
  readonly reason?: string
}

/** Whether calls can be served now, and what keeps them from it. */
export interface Readiness {
  readonly ready: boolean
  readonly parts: Readonly<Record<PartName, PartState>>
}

export type PartName = keyof typeof parts

/** A part that has not answered by then is not there: a hung disk is no better than a missing one. */
const patienceMs = 2000

/**
 * Every part that must be well, and how it is found out. The journal is tried by a write of its own, never by what
 * the last call met: where nobody calls because we are not ready, no call would ever find it well again.
 */
const parts = {
  service: async ({ phase }: Vital) => {
    if (phase() !== 'serving') throw new Error(phase())
  },
  journal: ({ journalDirectory }: Vital) => probeWriting(journalDirectory),
  store: ({ store }: Vital) => store.changeNumber(),
  rootKey: async ({ rootKey }: Vital) => {
    if (!(await rootKey.isOpen())) throw new Error('it does not open what was sealed under it')
  },
}

const partNames = Object.keys(parts) as PartName[]

/** An answer is good for this long, however many ask: each new one is a write to disk. */
const freshMs = 1000

/**
 * Has readiness found out, by one attempt at a time: on a disk that hangs, each further one would take a thread that
 * calls need. The answer never rejects; what goes wrong is the answer.
 */
export function watchReadiness(vital: Vital, clock: () => number = monotonicMs): () => Promise<Readiness> {
  const ask = {} as Record<PartName, () => Promise<unknown>>
  for (const name of partNames) ask[name] = oneAtATime<unknown>(() => parts[name](vital))
  let last: { readonly at: number; readonly phase: Phase; readonly readiness: Promise<Readiness> } | undefined
  return () => {
    const at = clock()
    const isFresh = last !== undefined && at - last.at < freshMs && vital.phase() === last.phase
    if (last === undefined || !isFresh) last = { at, phase: vital.phase(), readiness: readinessOf(ask) }
    return last.readiness
  }
}

async function readinessOf(ask: Readonly<Record<PartName, () => Promise<unknown>>>): Promise<Readiness> {
  const states = await Promise.all(partNames.map(async (name) => [name, await stateOf(ask[name]())] as const))
  return {
    ready: states.every(([, { ok }]) => ok),
    parts: Object.fromEntries(states) as Record<PartName, PartState>,
  }
}

async function stateOf(asked: Promise<unknown>): Promise<PartState> {
  const patience = new AbortController()
  const tooLong = setTimeout(patienceMs, undefined, { signal: patience.signal }).then(() => {
    throw new Error(`no answer within ${patienceMs} ms`)
  })
  try {
    await Promise.race([asked, tooLong])
    return { ok: true }
  } catch (cause) {
    return { ok: false, reason: reasonIn(cause) }
  } finally {
    patience.abort()
  }
}

/** The system's code where there is one: messages of the file system name paths, which probes need not know. */
function reasonIn(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown'
  return 'code' in cause ? String(cause.code) : cause.message
}

function oneAtATime<T>(ask: () => Promise<T>): () => Promise<T> {
  let underWay: Promise<T> | undefined
  return () => {
    underWay ??= ask().finally(() => {
      underWay = undefined
    })
    return underWay
  }
}
