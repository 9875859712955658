import {
  type Authorization,
  authorize,
  compilePolicy,
  type Decision,
  definition,
  evaluate,
  type Statement,
} from '@claviger/policy'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { home } from './decisions/callers.ts'
import {
  authorityOf,
  type Document,
  documents,
  grants,
  policyOf,
  requests,
  statement,
  statements,
} from './generators.ts'

/** True of all policies and requests, not only of those somebody thought of. */
const runs = { numRuns: 400 }

function decide(list: readonly Document[], request: Parameters<typeof evaluate>[1]): Decision {
  return evaluate(policyOf('key-policy', list), request).decision
}

function summary({ decision, layer, because, grant }: Authorization) {
  const cited = because.map((one) => `${one.layer} ${one.policy?.name} ${one.statement.index}`)
  return { decision, layer, cited, grant: grant?.grantId }
}

function indexes(because: readonly Statement[]): number[] {
  return because.map((one) => one.index)
}

describe('one policy', () => {
  test('what no statement allows is denied', () => {
    const denying = fc.array(statement('key-policy', ['Deny']), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(denying, requests, (list, request) => {
        expect(decide(list, request)).not.toBe('Allow')
      }),
      runs,
    )
  })

  test('a deny that applies beats any number of allows', () => {
    const deny = { Effect: 'Deny', Principal: '*', Action: '*', Resource: '*' }
    fc.assert(
      fc.property(statements('key-policy'), requests, (list, request) => {
        expect(decide([...list, deny], request)).toBe('ExplicitDeny')
      }),
      runs,
    )
  })

  test('adding a deny never gives', () => {
    const deny = statement('key-policy', ['Deny'])
    fc.assert(
      fc.property(statements('key-policy'), deny, requests, (list, more, request) => {
        if (decide([...list, more], request) === 'Allow') expect(decide(list, request)).toBe('Allow')
      }),
      runs,
    )
  })

  test('the order of statements never matters', () => {
    fc.assert(
      fc.property(statements('key-policy'), requests, (list, request) => {
        const forward = evaluate(policyOf('key-policy', list), request)
        const backward = evaluate(policyOf('key-policy', list.toReversed()), request)
        expect([backward.decision, backward.strength]).toEqual([forward.decision, forward.strength])
      }),
      runs,
    )
  })

  test('saying a thing twice, or its actions one by one, changes nothing', () => {
    const split = (one: Document): Document[] => {
      const { Action: actions } = one
      return Array.isArray(actions) ? actions.map((Action: unknown) => ({ ...one, Action })) : [one]
    }
    fc.assert(
      fc.property(statements('key-policy'), requests, (list, request) => {
        const decision = decide(list, request)
        expect(decide([...list, ...list], request)).toBe(decision)
        expect(decide(list.flatMap(split), request)).toBe(decision)
      }),
      runs,
    )
  })

  test('compiled and defined agree on decision, strength and deciding statements', () => {
    fc.assert(
      fc.property(statements('key-policy', 24), requests, (list, request) => {
        const policy = policyOf('key-policy', list)
        const defined = evaluate(policy, request)
        const compiled = compilePolicy(policy).decide(request)
        expect(compiled.decision).toBe(defined.decision)
        expect(compiled.strength).toBe(defined.strength)
        expect(indexes(compiled.because)).toEqual(indexes(defined.because))
      }),
      { numRuns: 2000 },
    )
  })
})

describe('all policies together', () => {
  test('compiled and defined agree on decision, layer and deciding statements', () => {
    fc.assert(
      fc.property(documents, requests, (all, request) => {
        const defined = authorize(authorityOf(all, definition), request)
        expect(summary(authorize(authorityOf(all, compilePolicy), request))).toEqual(summary(defined))
      }),
      { numRuns: 2000 },
    )
  })

  test('a grant never denies', () => {
    fc.assert(
      fc.property(documents, grants, requests, (all, grant, request) => {
        const before = authorize(authorityOf(all, compilePolicy), request).decision
        const more = { ...all, grants: [...all.grants, grant] }
        const after = authorize(authorityOf(more, compilePolicy), request).decision
        expect(after).toBe(before === 'ImplicitDeny' && after === 'Allow' ? 'Allow' : before)
      }),
      runs,
    )
  })

  test('boundaries, session policies, service control and endpoint policies only restrict', () => {
    const layers = ['boundary', 'session', 'serviceControl', 'endpoint'] as const
    fc.assert(
      fc.property(documents, requests, fc.constantFrom(...layers), (all, request, layer) => {
        // A federated user has nothing of his own until session policies give it; that is their one exception.
        fc.pre(layer !== 'session' || request.principal.kind !== 'federated-user')
        if (authorize(authorityOf(all, compilePolicy), request).decision !== 'Allow') return
        const without = authorityOf({ ...all, [layer]: undefined }, compilePolicy)
        expect(authorize(without, request).decision).toBe('Allow')
      }),
      runs,
    )
  })

  test('adding a deny to any layer never gives', () => {
    const deny = statement('identity-policy', ['Deny'])
    fc.assert(
      fc.property(documents, deny, requests, (all, more, request) => {
        if (authorize(authorityOf(all, compilePolicy), request).decision === 'Allow') return
        const { boundary, session } = all
        const changed = [
          { ...all, identity: [...all.identity, [more]] },
          { ...all, boundary: boundary && [...boundary, more] },
          { ...all, session: session && [...session, more] },
        ]
        for (const one of changed) {
          expect(authorize(authorityOf(one, compilePolicy), request).decision).not.toBe('Allow')
        }
      }),
      runs,
    )
  })

  test('nobody of the account but by its key gets in: identity policies alone open nothing', () => {
    const everything = [{ Effect: 'Allow', Action: '*', Resource: '*' }]
    fc.assert(
      fc.property(documents, requests, (all, request) => {
        const closed = [{ Effect: 'Allow', Principal: { AWS: '999999999999' }, Action: '*', Resource: '*' }]
        const alone = { ...all, keyPolicy: closed, grants: [], identity: [everything] }
        expect(authorize(authorityOf(alone, compilePolicy), request).decision).not.toBe('Allow')
      }),
      runs,
    )
  })

  test('adding an allow to any layer never takes access away', () => {
    const [key, identity] = [statement('key-policy', ['Allow']), statement('identity-policy', ['Allow'])]
    fc.assert(
      fc.property(documents, key, identity, requests, (all, named, unnamed, request) => {
        if (authorize(authorityOf(all, compilePolicy), request).decision !== 'Allow') return
        const { boundary, session, endpoint } = all
        const changed = [
          { ...all, keyPolicy: [...all.keyPolicy, named] },
          { ...all, identity: [...all.identity, [unnamed]] },
          { ...all, boundary: boundary && [...boundary, unnamed] },
          { ...all, session: session && [...session, unnamed] },
          { ...all, endpoint: endpoint && [...endpoint, named] },
        ]
        for (const one of changed) {
          expect(authorize(authorityOf(one, compilePolicy), request).decision).toBe('Allow')
        }
      }),
      runs,
    )
  })

  test('renaming an account everywhere changes nothing', () => {
    const elsewhere = '777777777777'
    const renamed = <T>(value: T): T =>
      value === undefined ? value : JSON.parse(JSON.stringify(value).replaceAll(home, elsewhere))
    fc.assert(
      fc.property(documents, requests, (all, request) => {
        const there = {
          principal: renamed(request.principal),
          action: request.action,
          resource: renamed(request.resource),
          conditionKeys: { find: (name: string) => renamed(request.conditionKeys.find(name)) },
        }
        const authority = { ...authorityOf(renamed(all), compilePolicy), resourceAccount: elsewhere }
        expect(summary(authorize(authority, there))).toEqual(
          summary(authorize(authorityOf(all, compilePolicy), request)),
        )
      }),
      runs,
    )
  })
})
