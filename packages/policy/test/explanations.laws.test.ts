import {
  type AccessRequest,
  type Authority,
  applySuggestion,
  authorize,
  compilePolicy,
  definition,
  type Explanation,
  explain,
  explanationLines,
  type Layer,
  type NamedPolicy,
  type PolicyKind,
  parsePolicy,
} from '@claviger/policy'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { authorityOf, documents, requests } from './generators.ts'

/** True of every explanation, of whatever policies and requests. */
const runs = { numRuns: 300 }

function parsed(kind: PolicyKind, statement: object): NamedPolicy {
  const read = parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statement }), kind)
  if (!read.ok) throw new Error(JSON.stringify(read.problems))
  return { name: kind, form: definition(read.policy) }
}

const everything = { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }
const full = parsed('resource-control-policy', everything)
const guard = parsed('resource-control-policy', {
  Effect: 'Deny',
  Principal: '*',
  Action: 'kms:*',
  Resource: '*',
  Condition: { StringNotEqualsIfExists: { 'kms:ViaService': 'alice' } },
})

/** What the generators leave out: resource control policies, the encryption context, operations for one account. */
const surroundings = fc.record({
  crossAccount: fc.boolean(),
  encryptionContext: fc.constantFrom({}, { a: '1' }, { A: '1', b: '2' }),
  resourceControlPolicies: fc.constantFrom([], [], [[full]], [[full], []], [[full, guard]], [[guard]]),
})

const asked = fc.tuple(documents, requests, surroundings).map(([all, request, around]) => ({
  request,
  make: (makeForm: typeof definition): Authority => ({ ...authorityOf(all, makeForm), ...around }),
}))

function law(check: (explanation: Explanation, authority: Authority, request: AccessRequest) => void): void {
  fc.assert(
    fc.property(asked, ({ make, request }) => {
      const authority = make(definition)
      check(explain(authority, request), authority, request)
    }),
    runs,
  )
}

/** The authority with an allow in exactly these layers; written out, so as not to trust how explanations try it. */
function allowing(
  set: readonly Layer[],
  authority: Authority,
  { principal, action }: AccessRequest,
): Authority {
  const name = principal.kind === 'service' ? principal.service : principal.arn
  const attached = parsed('identity-policy', { Effect: 'Allow', Action: '*', Resource: '*' })
  const named = principal.kind === 'service' ? { Service: name } : { AWS: name }
  const onKey = parsed('key-policy', { ...everything, Principal: named })
  const levels = (before: Authority['serviceControlPolicies'] = []) =>
    before.map((level) => [...level, attached])
  const grant = {
    grantId: 'open',
    issuingAccount: authority.resourceAccount,
    operations: [action.slice('kms:'.length), ...(authority.newGrant?.operations ?? [])],
    ...(principal.kind === 'service' ? { granteeServicePrincipal: name } : { granteePrincipal: name }),
  }
  return {
    ...authority,
    ...(set.includes('key-policy') && { keyPolicy: onKey.form }),
    ...(set.includes('identity-policy') && { identityPolicies: [...authority.identityPolicies, attached] }),
    ...(set.includes('permissions-boundary') && { boundary: attached }),
    ...(set.includes('session-policy') && {
      sessionPolicies: [...(authority.sessionPolicies ?? []), attached],
    }),
    ...(set.includes('endpoint-policy') && { endpointPolicy: attached.form }),
    ...(set.includes('service-control-policy') && {
      serviceControlPolicies: levels(authority.serviceControlPolicies),
    }),
    ...(set.includes('resource-control-policy') && {
      resourceControlPolicies: levels(authority.resourceControlPolicies),
    }),
    ...(set.includes('grant') && { grants: [...authority.grants, grant] }),
  }
}

describe('explanations', () => {
  test('agree with the decision, its layer and its statements, in either form', () => {
    fc.assert(
      fc.property(asked, ({ make, request }) => {
        const { decision, layer, because, grant } = authorize(make(compilePolicy), request)
        const explanations = [explain(make(definition), request), explain(make(compilePolicy), request)]
        expect(explanations[1]).toStrictEqual(explanations[0])
        const { outcome } = explanations[0] ?? expect.fail()
        expect([outcome.decision, outcome.layer, outcome.grantId]).toEqual([decision, layer, grant?.grantId])
        const cited = because.map(({ layer: cited, statement }) => `${cited} ${statement.index}`)
        expect(outcome.because.map(({ policy, index }) => `${policy.layer} ${index}`)).toEqual(cited)
      }),
      runs,
    )
  })

  test('are plain JSON, and can always be written', () => {
    law((explanation) => {
      expect(JSON.parse(JSON.stringify(explanation))).toStrictEqual(explanation)
      for (const width of [20, 100]) explanationLines(explanation, { width })
    })
  })

  test('allow exactly when nothing denies, every gate is open and some way lacks nothing', () => {
    law(({ outcome, denials, gates, ways }) => {
      const open =
        denials.length === 0 && gates.every((gate) => gate.open) && ways.some((way) => way.lacks.length === 0)
      expect(outcome.decision === 'Allow').toBe(open)
      expect(outcome.decision === 'ExplicitDeny').toBe(denials.length > 0)
    })
  })

  test('a statement applies exactly when all its elements match, which is when its distance is none', () => {
    law(({ layers }) => {
      for (const { statements } of layers.flatMap((layer) => layer.policies)) {
        for (const { applies, elements, distance } of statements) {
          expect(applies).toBe(elements.every((element) => element.matches))
          expect(applies).toBe(distance === 0)
        }
      }
    })
  })

  test('a grant applies exactly when it lacks nothing', () => {
    law(({ grants }) => {
      for (const { applies, lacks } of grants) expect(applies).toBe(lacks.length === 0)
    })
  })
})

describe('what was missing', () => {
  test('every set suffices', () => {
    law(({ outcome, alternatives }, authority, request) => {
      if (outcome.decision !== 'ImplicitDeny') return
      for (const set of alternatives) {
        expect(authorize(allowing(set, authority, request), request).decision).toBe('Allow')
      }
    })
  })

  test('no set can do without one of its layers, and none contains another', () => {
    law(({ outcome, alternatives }, authority, request) => {
      if (outcome.decision !== 'ImplicitDeny') return
      for (const set of alternatives) {
        for (const layer of set) {
          const less = set.filter((one) => one !== layer)
          expect(authorize(allowing(less, authority, request), request).decision).not.toBe('Allow')
        }
        const others = alternatives.filter((one) => one !== set)
        expect(others.some((other) => other.every((layer) => set.includes(layer)))).toBe(false)
      }
    })
  })

  test('there is always a set, unless the operation cannot leave its account', () => {
    law(({ outcome, alternatives, ways }) => {
      const confined = ways.some((way) => way.lacks.includes('cross-account'))
      if (outcome.decision === 'ImplicitDeny') expect(alternatives.length === 0).toBe(confined)
    })
  })
})

describe('what would help', () => {
  test('every suggestion, applied, allows', () => {
    law(({ outcome, suggestions }, authority, request) => {
      if (outcome.decision === 'Allow') expect(suggestions).toEqual([])
      for (const suggestion of suggestions) {
        const read = JSON.parse(JSON.stringify(suggestion))
        const after = applySuggestion(read, authority, request)
        expect(after && authorize(after.authority, after.request).decision).toBe('Allow')
      }
    })
  })

  test('suggestions of a statement name one action, and no resource or principal by a wildcard', () => {
    law(({ suggestions }, _, request) => {
      // Where RCPFullAWSAccess is missing nothing else allows, and that is AWS's own.
      const steps = suggestions
        .flatMap((suggestion) => suggestion.steps)
        .filter((step) => step.kind !== 'add-statement' || step.layer !== 'resource-control-policy')
      for (const step of steps) {
        if (step.kind === 'add-statement') {
          const { Action, Resource, Principal } = step.statement
          expect(Action).toBe(request.action)
          expect(Resource).toBe(step.layer === 'key-policy' ? '*' : request.resource)
          expect(Principal).not.toBe('*')
        } else if (step.kind === 'change-statement') {
          for (const { element, operator = '', value } of step.additions) {
            const onKey = element === 'Resource' && step.layer === 'key-policy'
            if (/Equals/.test(operator) && !operator.includes('Arn')) continue
            if (onKey) expect(value).toBe('*')
            // Escaped, `${*}` is a star and no wildcard.
            else expect(value).not.toMatch(/(^|[^{])[*?]/)
          }
        }
      }
    })
  })

  test('suggestions come in their order: fewer people first, then what opens less', () => {
    law(({ suggestions }) => {
      for (const [index, { owners, opens }] of suggestions.entries()) {
        const next = suggestions[index + 1]
        if (next === undefined) continue
        expect(owners.length).toBeLessThanOrEqual(next.owners.length)
        if (owners.length === next.owners.length) expect(opens).toBeLessThanOrEqual(next.opens)
      }
    })
  })

  test('every fact and every exception stops the statement that it is meant to stop', () => {
    law(({ denials }, authority, request) => {
      for (const { statement, stoppedBy, exception } of denials) {
        const changes = [
          ...stoppedBy.map((fact) => ({ kind: 'change-request' as const, owner: fact.owner, facts: [fact] })),
          ...(exception ? [exception] : []),
        ]
        for (const change of changes) {
          const after = applySuggestion({ steps: [change] }, authority, request) ?? expect.fail()
          const left = explain(after.authority, after.request).denials.map((denial) => denial.statement)
          expect(left).not.toContainEqual(statement)
        }
      }
    })
  })
})
