import type { Need } from '../access/need.ts'
import type { Call } from '../call/call.ts'
import type { KeyEntry } from '../catalog/key-entry.ts'
import type { ServiceName } from '../protocol/services.ts'
import type { Changes } from './changes.ts'
import type { Parts } from './parts.ts'

/** What an operation works on, once found. Its keys are what the audit record names as resources. */
export interface Subject {
  readonly keys: readonly KeyEntry[]
  /** ARNs the record lists beside the keys: those of aliases. */
  readonly otherResources?: readonly string[]
}

export interface Handling<Input, Found> {
  readonly input: Input
  readonly subject: Found
  readonly call: Call
  readonly parts: Parts
  /** What the operation wants written; the pipeline commits it all or not at all, after the dry-run check. */
  readonly changes: Changes
  /** Facts for the audit record that neither input nor output show: `grantId` of a retired grant. */
  readonly note: (extra: Readonly<Record<string, string>>) => void
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
  find(input: Input, call: Call, parts: Parts): Promise<Found>
  needs(input: Input, subject: Found, call: Call): readonly Need[]
  /** States and usage: what must be true of the subject beyond being allowed. */
  require(input: Input, subject: Found, call: Call): void
  handle(handling: Handling<Input, Found>): Promise<Output>
}
