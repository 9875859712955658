import {
  type AccessRequest,
  type ConditionKeyValue,
  compilePolicy,
  evaluate,
  type Policy,
  type PolicyKind,
  parsePolicy,
} from '@claviger/policy'
import { describe, expect, test } from 'vitest'
import { findCaller, key } from '../decisions/callers.ts'
import { present, readShared } from './shared.ts'

/** Policies that nobody here wrote: all are taken or have a real problem, and both forms answer alike. */
interface Entry {
  readonly id: string
  readonly kind?: string
  readonly policy: object
}

const files: readonly [file: string, kind: PolicyKind, refusedMax: number][] = [
  ['key-policies', 'key-policy', 25],
  ['identity-policies', 'identity-policy', 15],
  ['org-and-endpoint-policies', 'endpoint-policy', 4],
]

const kinds: ReadonlyMap<string, PolicyKind> = new Map<string, PolicyKind>([
  ['scp', 'service-control-policy'],
  ['rcp', 'resource-control-policy'],
  ['vpce', 'endpoint-policy'],
])

const callers = ['alice', 'session', 'federated', 'root', 'away session', 's3', 'linked session']

/** Requests made of the policy's own words, so that they meet it in many places. */
function requestsFor(policy: Policy): AccessRequest[] {
  const actions = new Set(['kms:Decrypt', 'kms:CreateKey'])
  const values = new Map<string, ConditionKeyValue>([['aws:username', 'alice']])
  const resources = new Set([key])
  for (const statement of policy.statements) {
    for (const { written } of statement.actions?.patterns ?? []) actions.add(written.replace('*', 'X'))
    for (const { written } of statement.resources?.patterns ?? []) resources.add(written.replaceAll('*', 'x'))
    for (const { lowerCaseKey, operator, values: wanted } of statement.conditions) {
      const texts = wanted.map((value) => value.written.replaceAll('*', 'x'))
      values.set(lowerCaseKey, operator.quantifier === 'none' ? texts[0] : texts)
    }
  }
  const some = (all: ReadonlySet<string>, max: number) => [...all].slice(0, max)
  return callers.flatMap((caller) =>
    some(actions, 8).flatMap((action) =>
      some(resources, 4).flatMap((resource) =>
        [values, new Map<string, ConditionKeyValue>()].map((found) => ({
          principal: findCaller(caller),
          action,
          resource,
          conditionKeys: { find: (name: string) => found.get(name) },
        })),
      ),
    ),
  )
}

describe.skipIf(!present)('collected policies', () => {
  for (const [file, usualKind, refusedMax] of files) {
    test(`${file} are taken, and both forms decide alike`, () => {
      const entries: Entry[] = readShared(`corpus/${file}.jsonl`)
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
      let refused = 0
      for (const { kind = '', policy: document } of entries) {
        const parsed = parsePolicy(JSON.stringify(document), kinds.get(kind) ?? usualKind)
        if (!parsed.ok) {
          refused++
          expect(parsed.problems.every(({ message, line }) => message !== '' && line > 0)).toBe(true)
          continue
        }
        const compiled = compilePolicy(parsed.policy)
        for (const request of requestsFor(parsed.policy)) {
          const wanted = evaluate(parsed.policy, request)
          const actual = compiled.decide(request)
          expect([actual.decision, actual.strength]).toEqual([wanted.decision, wanted.strength])
          expect(actual.because).toEqual(wanted.because)
        }
      }
      // Some entries are templates with holes where a principal or resource should be.
      expect(refused).toBeLessThanOrEqual(refusedMax)
    }, 120_000)
  }
})
