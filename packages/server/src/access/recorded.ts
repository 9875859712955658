import { definition, type Form, type PolicyKind, parsePolicy, principalsIn } from '@claviger/policy'
import { invariant } from '../base/invariant.ts'

/** A policy as plain data: what was written, and who the names in it meant when it was put. */
export interface RecordedPolicy {
  readonly kind: PolicyKind
  readonly text: string
  readonly bindings: Readonly<Record<string, string>>
}

/** Anything with policies in it, as plain data. */
export type Recorded<V> = V extends Form
  ? RecordedPolicy
  : V extends readonly (infer E)[]
    ? readonly Recorded<E>[]
    : V extends object
      ? { readonly [N in keyof V]: Recorded<V[N]> }
      : V

/** Turns every policy in a value into plain data. What an authority gains later is recorded without a line here. */
export function recorded<V>(value: V, textOf: (form: Form) => string): Recorded<V> {
  const write = (part: unknown): unknown => {
    if (typeof part !== 'object' || part === null) return part
    if (Array.isArray(part)) return part.map(write)
    if (isForm(part)) return recordedPolicy(part, textOf(part))
    return Object.fromEntries(Object.entries(part).map(([name, member]) => [name, write(member)]))
  }
  return write(value) as Recorded<V>
}

/** The reverse: policies that answer again, as they did then. */
export function revived<V>(value: Recorded<V>): V {
  const read = (part: unknown): unknown => {
    if (typeof part !== 'object' || part === null) return part
    if (Array.isArray(part)) return part.map(read)
    if (isRecordedPolicy(part)) return formOf(part)
    return Object.fromEntries(Object.entries(part).map(([name, member]) => [name, read(member)]))
  }
  return read(value) as V
}

function isForm(part: object): part is Form {
  return 'decide' in part && 'policy' in part
}

function recordedPolicy({ policy }: Form, text: string): RecordedPolicy {
  const bound = principalsIn(policy).flatMap(({ written, boundTo }) =>
    boundTo === undefined ? [] : [[written, boundTo] as const],
  )
  return { kind: policy.kind, text, bindings: Object.fromEntries(bound) }
}

function isRecordedPolicy(part: object): part is RecordedPolicy {
  return 'kind' in part && 'text' in part && 'bindings' in part
}

function formOf({ kind, text, bindings }: RecordedPolicy): Form {
  const parsed = parsePolicy(text, kind, bindings)
  invariant(parsed.ok, 'a policy that had a say parses')
  return definition(parsed.policy)
}
