import type { Authorization } from '@claviger/policy'
import { decide } from './access/decide.ts'
import { denialView, denied } from './access/denial.ts'
import type { KeptDenials } from './access/kept-denials.ts'
import type { Need } from './access/need.ts'
import { questionOf } from './access/question.ts'
import { type Ledger, Unrecorded } from './audit/ledger.ts'
import { cloudTrailRecord, type Happening } from './audit/record.ts'
import type { Call } from './call/call.ts'
import { requireEncryptionContext } from './keys/encryption-context.ts'
import { Changes } from './operations/changes.ts'
import type { AnyOperation } from './operations/index.ts'
import type { Subject } from './operations/operation.ts'
import type { Parts } from './operations/parts.ts'
import { asRefusal, Refusal } from './protocol/errors.ts'
import { VersionMoved } from './storage/store.ts'

/** How often a call is begun anew because somebody else wrote first. */
const attemptsMost = 100

/** What every call is done with. */
export interface Held {
  readonly parts: Parts
  readonly ledger: Ledger
  readonly denials: KeptDenials
}

/** What a call has come to so far; the record is made of it whatever happened. */
interface Trail {
  input?: object
  output?: object
  subject?: Subject
  refusal?: Refusal
  decisions: Authorization[]
  extra: Record<string, string>
}

/**
 * Takes one call through the steps that every operation shares, in the order in which a caller may learn things:
 * input, key, permission, state, the deed, dry run. Whatever comes of it is recorded durably before it is told.
 *
 * @throws Refusal
 */
export async function run(
  operation: AnyOperation,
  readInput: () => object,
  call: Call,
  { parts, ledger, denials }: Held,
): Promise<object> {
  const eventId = parts.chance.uuid()
  let trail = newTrail()
  const record = () => cloudTrailRecord(happening(operation, call, eventId, trail))
  try {
    const input = withDefaults(operation, readInput())
    requireEncryptionContexts(input)
    trail.input = input
    operation.check(input)
    for (let attempt = 1; ; attempt += 1) {
      trail = { ...newTrail(), input }
      const changes = await perform(operation, input, call, { parts, denials, trail })
      if (changes.list.length === 0) break
      try {
        await ledger.commit(changes.list, record())
        return trail.output ?? {}
      } catch (error) {
        // Somebody else changed what this was decided by: it is decided again, by what is there now.
        if (!(error instanceof VersionMoved) || attempt === attemptsMost) throw error
      }
    }
  } catch (error) {
    const bug = call.service === 'kms' ? 'KMSInternalException' : 'ServiceFailureException'
    // Its record says that the change was made, and waits to be written: a second one would contradict it.
    if (error instanceof Unrecorded) throw new Refusal(bug, undefined, { cause: error })
    trail.refusal = asRefusal(error, bug)
  }
  await ledger.append(record())
  if (trail.refusal !== undefined) throw trail.refusal
  return trail.output ?? {}
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

function newTrail(): Trail {
  return { decisions: [], extra: {} }
}

function withDefaults(operation: AnyOperation, input: object): object {
  return { ...operation.defaults, ...input }
}

async function perform(
  operation: AnyOperation,
  input: object,
  call: Call,
  { parts, denials, trail }: Omit<Held, 'ledger'> & { readonly trail: Trail },
): Promise<Changes> {
  requireGrantTokens(input, parts)
  const subject = await operation.find(input, call, parts)
  trail.subject = subject
  const needs = operation.needs(input, subject, call)
  for (const need of needs) {
    const question = await questionOf(need, call, parts.catalog)
    const decision = decide(question)
    trail.decisions.push(decision)
    if (decision.decision === 'Allow') continue
    denials.keep({ call, operation: operation.name, question, view: denialView(need, call) })
    throw denied(decision, need, call)
  }
  operation.require(input, subject, call)
  const changes = new Changes()
  const note = (extra: Readonly<Record<string, string>>) => void Object.assign(trail.extra, extra)
  const output = await operation.handle({ input, subject, call, parts, changes, note })
  if (changes.list.length > 0) holdKeys(needs, changes)
  if ('DryRun' in input && input.DryRun === true) throw new Refusal('DryRunOperationException')
  trail.output = output
  return changes
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
    call,
    eventId,
    operation: operation.name,
    input,
    output,
    keys: subject?.keys ?? [],
    otherResources: subject?.otherResources ?? [],
    refusal,
    decisions,
    extra,
  }
}
