import type { Authorization, Citation, Layer } from '@claviger/policy'
import type { Call } from '../call/call.ts'
import { principalIdOf } from '../call/principal-id.ts'
import { spelledKey } from './condition-keys.ts'
import type { Need } from './need.ts'
import type { AccessQuestion } from './question.ts'

/** A list as these messages have it. */
interface Items<T> {
  readonly items: readonly T[]
}

interface Value {
  readonly value: string
}

interface Condition {
  readonly key: string
  readonly values: Items<Value>
}

interface MatchedStatement {
  readonly statementId: string
  readonly effect: 'DENY'
  readonly principals: Items<Value>
  readonly principalGroups: Items<Value>
  readonly actions: Items<Value>
  readonly resources: Items<Value>
  readonly conditions: Items<Condition>
}

/** What a denial was about, in the shape in which AWS's DecodeAuthorizationMessage tells it. */
export interface AuthorizationMessage {
  readonly allowed: false
  readonly explicitDeny: boolean
  readonly matchedStatements: Items<MatchedStatement>
  readonly failures: Items<never>
  readonly context: {
    readonly principal: { readonly id: string; readonly name?: string; readonly arn: string }
    readonly action: string
    readonly resource: string
    readonly conditions: Items<Condition>
  }
}

/**
 * What the account of a user who was denied something through a service may be told of it. There is none about a key of
 * another account, which would tell of that account; and none for who calls directly, as AWS KMS gives none.
 */
export function findAuthorizationMessage(
  { decision, because }: Authorization,
  { request }: AccessQuestion,
  { key }: Need,
  { caller }: Call,
): AuthorizationMessage | undefined {
  const { principal, via, account } = caller
  const isForeign = key !== undefined && key.key.account !== account
  if (via === undefined || principal.kind === 'service' || isForeign) return undefined
  const conditions = Object.entries(request.conditionKeys.all())
  return {
    allowed: false,
    explicitDeny: decision === 'ExplicitDeny',
    matchedStatements: { items: because.filter(isOwn).map(matchedStatement) },
    failures: { items: [] },
    context: {
      principal: {
        id: principalIdOf(principal) ?? principal.arn,
        ...(principal.kind === 'user' && principal.name !== undefined && { name: principal.name }),
        arn: principal.arn,
      },
      action: request.action,
      resource: request.resource,
      conditions: { items: conditions.map(([name, value]) => condition(spelledKey(name), value)) },
    },
  }
}

/** Layers that the account itself writes; those of the organization and of networks are not shown to those they bind. */
const ownLayers: ReadonlySet<Layer> = new Set([
  'key-policy',
  'identity-policy',
  'permissions-boundary',
  'session-policy',
])

const isOwn = ({ layer }: Citation) => ownLayers.has(layer)

function matchedStatement({ statement }: Citation): MatchedStatement {
  const { sid = '', principals, actions, resources, conditions } = statement
  return {
    statementId: sid,
    effect: 'DENY',
    principals: values(principals?.patterns),
    principalGroups: { items: [] },
    actions: values(actions?.patterns),
    resources: values(resources?.patterns),
    conditions: {
      items: conditions.map(({ key, values: wanted }) => ({ key, values: values(wanted) })),
    },
  }
}

function values(written: readonly { readonly written: string }[] = []): Items<Value> {
  return { items: written.map(({ written: value }) => ({ value })) }
}

function condition(key: string, value: string | readonly string[]): Condition {
  const all = typeof value === 'string' ? [value] : value
  return { key, values: { items: all.map((each) => ({ value: each })) } }
}
