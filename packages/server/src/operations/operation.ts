import type { Need } from '../access/need.ts'
import type { Soon } from '../base/soon.ts'
import type { Call, Caller } from '../call/call.ts'
import type { KeyEntry } from '../catalog/key-entry.ts'
import type { Key } from '../keys/key.ts'
import type { ServiceName } from '../protocol/services.ts'
import type { Changes } from './changes.ts'
import type { Parts } from './parts.ts'

/** Facts for the audit record that neither input nor output show. */
export type Noted = Readonly<Record<string, string | Readonly<Record<string, string>>>>

/** What an operation works on, once found. Its keys are what the audit record names as resources. */
export interface Subject {
  readonly keys: readonly KeyEntry[]
  /** Who calls, where that is known only now: by what the request brings along in place of a signature. */
  readonly caller?: Caller
  /** ARNs the record lists beside the keys: those of aliases, and of a role that is assumed. */
  readonly otherResources?: readonly string[]
  /** What is known before anybody is allowed anything, and is recorded of denied calls as well. */
  readonly noted?: Noted
}

export interface Handling<Input, Found> {
  readonly input: Input
  readonly subject: Found
  readonly call: Call
  readonly parts: Parts
  /** What the operation wants written; the pipeline commits it all or not at all, after the dry-run check. */
  readonly changes: Changes
  /** Has the audit record show something more: `grantId` of a retired grant. */
  readonly note: (extra: Noted) => void
  /** Has what the call did in another Region recorded there too, if it is done. */
  readonly recordElsewhere: (deed: DeedElsewhere) => void
  /** Has what the service did by itself because of the call recorded beside it, if it is done. */
  readonly recordEvent: (event: EventOfKey) => void
}

/** What the service did to a key because of a call, as AWS records it: an event with no caller of its own. */
export interface EventOfKey {
  readonly name: 'RotateKey' | 'SynchronizeMultiRegionKey'
  readonly key: Key
  readonly details?: Readonly<Record<string, string>>
}

/** What a call did in a Region other than its own, as AWS records it there: a deed of KMS for the same caller. */
export interface DeedElsewhere {
  readonly region: string
  readonly operation: string
  readonly input: object
  readonly output?: object
  /** Those its record names as resources. */
  readonly keys: readonly KeyEntry[]
}

/** Everything about one operation in one value; what all operations share is in `pipeline.ts`. */
export interface Operation<Input = never, Output = unknown, Found extends Subject = Subject> {
  readonly service: ServiceName
  readonly name: string
  readonly summary: string
  /** What AWS fills in for members that are absent, before anything looks at the input. */
  readonly defaults: Partial<Input>
  /** What the audit record shows as asked for, where AWS writes out there what it leaves unsaid elsewhere. */
  recorded?(input: Input): object
  /** Rules between members that the service model cannot say. */
  check(input: Input): void
  find(input: Input, call: Call, parts: Parts): Soon<Found>
  needs(input: Input, subject: Found, call: Call): readonly Need[]
  /** States and usage: what must be true of the subject beyond being allowed. */
  require(input: Input, subject: Found, call: Call): void
  handle(handling: Handling<Input, Found>): Soon<Output>
}

/** An operation whose types only it knows: what the pipeline runs. */
export type AnyOperation = Operation<object, object, Subject>
