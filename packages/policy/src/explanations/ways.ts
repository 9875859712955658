import type { AccessRequest } from '../access-request.ts'
import type { Authority } from '../authority.ts'
import { isForeign, resourceLayer } from '../authorize.ts'
import type { Layer } from '../layers.ts'
import { formsOf, strength } from '../matching/principal.ts'
import type { GrantShown, LayerShown, Naming, StatementShown, Way, WayKind } from './explanation.ts'

/** What an explanation has found out before ways are looked for. */
export interface Found {
  readonly authority: Authority
  readonly request: AccessRequest
  readonly layers: readonly LayerShown[]
  readonly grants: readonly GrantShown[]
}

/** The ways in which such a caller can be let in, each with the layers that it still lacks. */
export function waysOf(found: Found): Way[] {
  const { authority, request } = found
  if (authority.keyPolicy === undefined && authority.trustPolicy === undefined) {
    const by = allowing(found, 'identity-policy')
    return [{ kind: 'identity-policy', lacks: silent(found, afterAccount), by: refer(by), grantIds: [] }]
  }
  const ways = isForeign(authority, request.principal) ? foreignWays(found) : ownWays(found)
  return resourceLayer(authority) === 'key-policy' ? [...ways, grantWay(found)] : ways
}

/** Whom these layers bind depends on how the caller is named: see `lackingFor` in `authorize.ts`. */
const afterRole: readonly Layer[] = ['permissions-boundary', 'session-policy']
const afterAccount: readonly Layer[] = ['identity-policy', ...afterRole]

/** Those of the layers that do not allow. One that does not exist leaves the way open. */
function silent({ layers }: Found, asked: readonly Layer[]): Layer[] {
  return asked.filter((layer) => layers.some((shown) => shown.layer === layer && shown.verdict !== 'Allow'))
}

function allowing({ layers }: Found, layer: Layer): StatementShown[] {
  return layers
    .filter((shown) => shown.layer === layer)
    .flatMap((shown) => shown.policies.flatMap((policy) => policy.statements))
    .filter((statement) => statement.applies && statement.effect === 'Allow')
}

function refer(statements: readonly StatementShown[]): Way['by'] {
  return statements.map((statement) => statement.reference)
}

function ownWays(found: Found): Way[] {
  const forms = formsOf(found.request.principal)
  const byName: readonly [kind: WayKind, form: number, names: Naming, after: readonly Layer[]][] = [
    ['key-policy-names-caller', strength.caller, 'caller', []],
    ['key-policy-names-role', strength.role, 'role', afterRole],
    ['key-policy-names-account', strength.account, 'account', afterAccount],
  ]
  const layer = resourceLayer(found.authority)
  return byName
    .filter(([kind, form]) => (forms & form) !== 0 && !(isRoot(found) && kind === 'key-policy-names-account'))
    .map(([kind, , names, after]) => {
      const statements = allowing(found, layer).filter((statement) => statement.names === names)
      const missing: Layer[] = statements.length === 0 ? [layer] : []
      const own = names === 'account' ? allowing(found, 'identity-policy') : []
      const by = refer(statements.length === 0 ? own : [...statements, ...own])
      return { kind, lacks: [...missing, ...silent(found, after)], by, grantIds: [] }
    })
}

/** The root user is the account: naming one is naming the other. */
function isRoot({ request }: Found): boolean {
  return request.principal.kind === 'root'
}

function foreignWays(found: Found): Way[] {
  const layer = resourceLayer(found.authority)
  const statements = allowing(found, layer)
  const missing: Layer[] = statements.length === 0 ? [layer] : []
  const by = refer([...statements, ...allowing(found, 'identity-policy')])
  const lacks = [...limit(found), ...missing, ...silent(found, afterAccount)]
  return [{ kind: 'cross-account', lacks, by, grantIds: [] }]
}

function limit({ authority, request }: Found): Layer[] {
  return isForeign(authority, request.principal) && !authority.crossAccount ? ['cross-account'] : []
}

function grantWay(found: Found): Way {
  const applying = found.grants.filter((grant) => grant.applies)
  const lacking = applying.map((grant) => silent(found, afterGrant(grant)))
  const [least] = lacking.toSorted((left, right) => left.length - right.length)
  const lacks: Layer[] = least ?? ['grant']
  const grantIds = applying.map((grant) => grant.grantId)
  return { kind: 'grant', lacks: [...limit(found), ...lacks], by: [], grantIds }
}

function afterGrant({ names }: GrantShown): readonly Layer[] {
  if (names === 'caller') return []
  return names === 'role' ? afterRole : afterAccount
}
