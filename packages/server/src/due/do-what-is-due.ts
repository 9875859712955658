import type { Ledger } from '../audit/ledger.ts'
import { type DueKind, nextDue } from '../keys/due.ts'
import type { Key } from '../keys/key.ts'
import { type Stored, VersionMoved } from '../storage/store.ts'
import { deletion } from './deletion.ts'
import type { DueParts, DueRule } from './due-rule.ts'
import { expiry } from './expiry.ts'
import { rotation } from './rotation.ts'
import { settling } from './settling.ts'

/** How each thing that is due is done; `keys/due.ts` says when. */
const ruleByKind: Readonly<Record<DueKind, DueRule>> = { deletion, expiry, rotation, settling }

/** Keys looked after in one go; more than are ever due together, and few enough not to hold up calls. */
const batch = 100

/**
 * Does what keys do by themselves and whose moment has come, in the order of those moments. Called before the
 * first call after such a moment is answered, and now and then, so it does not matter whether the process ran at the
 * moment itself.
 *
 * @returns how many things were done
 */
export async function doWhatIsDue(
  now: number,
  parts: DueParts & { readonly ledger: Ledger },
): Promise<number> {
  let done = 0
  for (;;) {
    const due = await parts.catalog.dueKeys(now, batch)
    for (const key of due) done += await doNext(key, now, parts)
    if (due.length === 0) return done
  }
}

async function doNext(
  key: Stored<Key>,
  now: number,
  { ledger, ...parts }: DueParts & { readonly ledger: Ledger },
): Promise<number> {
  const due = nextDue(key.value)
  if (due === undefined || due.at > now) return 0
  const { changes, events = [] } = await ruleByKind[due.kind].perform(key, due.at, { ...parts, now })
  try {
    await ledger.commit(changes, ...events)
    return 1
  } catch (error) {
    // Another call saw that it was due, and was faster.
    if (!(error instanceof VersionMoved)) throw error
    return 0
  }
}
