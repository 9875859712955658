import type { Authorization } from '@claviger/policy'
import { findAuthorizationMessage } from './access/authorization-message.ts'
import { decide } from './access/decide.ts'
import { denialView, denied } from './access/denial.ts'
import type { KeptDenials } from './access/kept-denials.ts'
import type { Need } from './access/need.ts'
import { questionOf } from './access/question.ts'
import { requireUsable } from './access/session-limits.ts'
import { requireWithinReach } from './access/who-may-call.ts'
import { type EventRecord, type Ledger, Unrecorded } from './audit/ledger.ts'
import { cloudTrailRecord, type Happening, nothingKnown } from './audit/record.ts'
import { textRecord } from './audit/record-text.ts'
import { recordsOf } from './audit/records-of.ts'
import { serviceEvent } from './audit/service-event.ts'
import { invariant } from './base/invariant.ts'
import type { Call } from './call/call.ts'
import { requireEncryptionContext } from './keys/encryption-context.ts'
import { makeManagedKey } from './make-managed-key.ts'
import type { Meter } from './metrics/meter.ts'
import { Changes } from './operations/changes.ts'
import type { AnyOperation, DeedElsewhere, EventOfKey, Noted, Subject } from './operations/operation.ts'
import type { Parts } from './operations/parts.ts'
import { asRefusal, Refusal } from './protocol/errors.ts'
import { serviceRow } from './protocol/services.ts'
import type { RequestRates } from './quotas/request-rates.ts'
import { VersionMoved } from './storage/store.ts'

/** How often a call is begun anew because somebody else wrote first. */
const attemptsMost = 100

/** What every call is done with. */
export interface Held {
  readonly parts: Parts
  readonly ledger: Ledger
  readonly denials: KeptDenials
  readonly meter: Meter
  /** Who calls how often; absent where nobody counts. */
  readonly rates?: RequestRates | undefined
}

/** What a call has come to so far; the record is made of it whatever happened. */
interface Trail {
  input: object | undefined
  output: object | undefined
  subject: Subject | undefined
  refusal: Refusal | undefined
  decisions: Authorization[]
  extra: Noted
  elsewhere: DeedElsewhere[]
  events: EventOfKey[]
}

/**
 * Takes one call through the steps that every operation shares, in the order in which a caller may learn things:
 * request quota, input, key, permission, the quota of such keys, state, the deed, dry run. Whatever comes of it is
 * recorded durably before it is told.
 *
 * @throws Refusal
 */
export async function run(
  operation: AnyOperation,
  readInput: () => object,
  call: Call,
  { parts, ledger, denials, meter, rates }: Held,
): Promise<object> {
  const eventId = parts.chance.uuid()
  let trail = newTrail(undefined)
  const records = (write: (happening: Happening) => EventRecord) =>
    recordsOf(happening(operation, call, eventId, trail), () => parts.chance.uuid(), write)
  try {
    rates?.requireOperationRate(operation.name, call)
    const input = withDefaults(operation, readInput())
    requireEncryptionContexts(input)
    trail.input = input
    requireWithinReach(operation.name, call)
    operation.check(input)
    for (let attempt = 1; ; attempt += 1) {
      if (attempt > 1) trail = newTrail(input)
      // A call that is begun anew is still one request.
      const held = { parts, ledger, denials, meter, rates: attempt === 1 ? rates : undefined }
      const changes = await perform(operation, input, call, { ...held, trail })
      if (changes === undefined) {
        invariant(attempt < attemptsMost, 'a key that was made is there')
        continue
      }
      if (changes.list.length === 0) break
      try {
        await ledger.commit(changes.list, ...records(cloudTrailRecord), ...recordsBeside(trail, call, parts))
        call.span?.did('record')
        return trail.output ?? {}
      } catch (error) {
        // Somebody else changed what this was decided by: it is decided again, by what is there now.
        if (!(error instanceof VersionMoved) || attempt === attemptsMost) throw error
      }
    }
  } catch (error) {
    const { bug } = serviceRow(call.service)
    // Its record says that the change was made, and waits to be written: a second one would contradict it.
    if (error instanceof Unrecorded) throw new Refusal(bug, undefined, { cause: error })
    trail.refusal = asRefusal(error, bug)
    if (stateCodes.has(trail.refusal.code)) countStates(trail, meter)
  }
  await ledger.append(...records(textRecord))
  call.span?.did('record')
  if (trail.refusal !== undefined) throw trail.refusal
  return trail.output ?? {}
}

/** What calls are refused with because of a key's state. */
const stateCodes: ReadonlySet<string> = new Set(['DisabledException', 'KMSInvalidStateException'])

function countStates({ subject }: Trail, meter: Meter): void {
  for (const { state } of subject?.keys ?? []) if (state !== 'Enabled') meter.refusedByState(state)
}

const contextMembers = [
  'EncryptionContext',
  'SourceEncryptionContext',
  'DestinationEncryptionContext',
] as const

function requireEncryptionContexts(input: Partial<Record<(typeof contextMembers)[number], unknown>>): void {
  for (const member of contextMembers) {
    requireEncryptionContext(input[member] as Readonly<Record<string, string>> | undefined)
  }
}

function newTrail(input: object | undefined): Trail {
  return {
    input,
    output: undefined,
    subject: undefined,
    refusal: undefined,
    decisions: [],
    extra: {},
    elsewhere: [],
    events: [],
  }
}

function withDefaults(operation: AnyOperation, input: object): object {
  return { ...operation.defaults, ...input }
}

/** @returns what is to be changed; nothing at all where a key had to be made first, and the call begins anew */
async function perform(
  operation: AnyOperation,
  input: object,
  made: Call,
  { parts, ledger, denials, meter, rates, trail }: Held & { readonly trail: Trail },
): Promise<Changes | undefined> {
  requireGrantTokens(input, parts)
  requireUsable(operation.name, made)
  const found = operation.find(input, made, parts)
  const subject = found instanceof Promise ? await found : found
  trail.subject = subject
  const call = calledBy(subject, made)
  const needs = operation.needs(input, subject, call)
  for (const need of needs) {
    const asked = questionOf(need, call, parts.catalog)
    const question = asked instanceof Promise ? await asked : asked
    const decision = decide(question)
    trail.decisions.push(decision)
    meter.decided(decision)
    call.span?.decided(decision, need.key?.arn)
    if (decision.decision === 'Allow') continue
    denials.keep({ call, operation: operation.name, question, view: denialView(need, call) })
    const details = findAuthorizationMessage(decision, question, need, call)
    throw denied(decision, need, call, details && encoded(details, call, parts))
  }
  // Not before the answer is known: how busy a key is would tell a stranger that it exists.
  rates?.requireUseRate(operation.name, { input, keys: subject.keys.map(({ key }) => key) }, call)
  operation.require(input, subject, call)
  call.span?.did('decide')
  const unmade = subject.keys.filter((key) => key.unmade)
  if (unmade.length > 0) {
    requireNoDryRun(input)
    for (const key of unmade) await makeManagedKey(key, call.now, { ...parts, ledger })
    return undefined
  }
  const changes = new Changes()
  const note = (extra: Noted) => {
    trail.extra = { ...trail.extra, ...extra }
  }
  const recordElsewhere = (deed: DeedElsewhere) => void trail.elsewhere.push(deed)
  const recordEvent = (event: EventOfKey) => void trail.events.push(event)
  const handling = { input, subject, call, parts, changes, note, recordElsewhere, recordEvent }
  const handled = operation.handle(handling)
  const output = handled instanceof Promise ? await handled : handled
  call.span?.did('do')
  if (changes.list.length > 0) holdKeys(needs, changes)
  requireNoDryRun(input)
  trail.output = output
  return changes
}

/** What a service that calls for a user may hand them for who looks after their account. */
function encoded(details: object, { caller: { account }, now }: Call, { safe }: Parts): string | undefined {
  return safe.authorizationMessage({ account, at: now, details })
}

/** The call as it is of whoever it turned out to be from, where credentials did not say. */
function calledBy(subject: Subject | undefined, call: Call): Call {
  return subject?.caller === undefined ? call : { ...call, caller: subject.caller }
}

function requireNoDryRun(input: object): void {
  if ('DryRun' in input && input.DryRun === true) throw new Refusal('DryRunOperationException')
}

/** What was allowed on a key as it was is made on that key as it was: not under another policy or in another state. */
function holdKeys(needs: readonly Need[], changes: Changes): void {
  for (const { key } of needs) {
    if (key === undefined) continue
    const { account, region, keyId } = key.key
    changes.hold('key', [account, region, keyId], key.stored.version)
  }
}

/** Grants are found at once here, so a token adds nothing; but one that was made up is refused, as on AWS. */
function requireGrantTokens(input: object, { safe }: Parts): void {
  if (!('GrantTokens' in input)) return
  for (const token of input.GrantTokens as readonly string[]) {
    if (safe.openGrantToken(token) === undefined) {
      throw new Refusal('InvalidGrantTokenException', 'Invalid grant token')
    }
  }
}

function happening(operation: AnyOperation, call: Call, eventId: string, trail: Trail): Happening {
  const { output, subject, refusal, decisions, extra } = trail
  const input = trail.input && (operation.recorded?.(trail.input) ?? trail.input)
  return {
    call: calledBy(subject, call),
    eventId,
    operation: operation.name,
    input,
    output,
    keys: subject?.keys ?? [],
    otherResources: subject?.otherResources ?? [],
    refusal,
    decisions,
    extra: { ...subject?.noted, ...extra },
  }
}

/** What is recorded of a call beside its own record. */
function recordsBeside({ elsewhere, events }: Trail, call: Call, { chance }: Parts): readonly EventRecord[] {
  return [
    ...elsewhere.map((deed) => recordElsewhere(deed, call, chance.uuid())),
    ...events.map(({ name, key, details }) =>
      serviceEvent(name, key, { now: call.now, eventId: chance.uuid(), details }),
    ),
  ]
}

/** A deed in another Region, recorded as AWS does: as done by KMS for the caller, under the same request. */
function recordElsewhere(deed: DeedElsewhere, call: Call, eventId: string): EventRecord {
  const { region, ...known } = deed
  const invokedBy = 'kms.amazonaws.com'
  return cloudTrailRecord({ ...nothingKnown, ...known, call: { ...call, region }, eventId, invokedBy })
}
