import {
  type Grant,
  type GrantConstraints,
  type JsonNode,
  type PolicyKind,
  placeOf,
  readJson,
} from '@claviger/policy'
import type { Answer, CaseRequest, DecisionCase, PolicyLevels, PolicyText } from './decision-case.ts'
import { kmsActionByName, operationOf } from './kms-actions.ts'
import { readPrincipal } from './read-principal.ts'
import {
  fail,
  flagAt,
  itemsAt,
  type Located,
  membersAt,
  optional,
  optionalAt,
  plainValue,
  requiredAt,
  textAt,
  textsAt,
  textsByNameAt,
  UnusableCase,
} from './read-value.ts'

/** The members that are policies, and of which kind; they are kept as text. */
const kindByMember: ReadonlyMap<string, PolicyKind> = new Map([
  ['keyPolicy', 'key-policy'],
  ['newKeyPolicy', 'key-policy'],
  ['identity', 'identity-policy'],
  ['boundary', 'permissions-boundary'],
  ['sessionPolicies', 'session-policy'],
  ['callerScps', 'service-control-policy'],
  ['ownerRcps', 'resource-control-policy'],
  ['vpcePolicy', 'endpoint-policy'],
])

/** The other members that are looked at, or that are known to have no say. */
const otherMembers: ReadonlySet<string> = new Set(
  (
    'id title principal action resource grants context contextComplete encryptionContext request keyManager ' +
    'callerIsManagementAccount ownerScps callerRcps expect confidence source'
  ).split(' '),
)

/** Whether a case may have a member of this name; one that is not known has no say, and may be a slip. */
export function isMember(name: string): boolean {
  return kindByMember.has(name) || otherMembers.has(name)
}

/** A case's text as JSON: its members by name, and its id, which is needed even if the rest is of no use. */
export interface CaseText {
  readonly text: string
  readonly id: unknown
  readonly memberByName: ReadonlyMap<string, JsonNode>
  /** Why there is no more than that. */
  readonly problem?: string
}

export function readCaseText(text: string): CaseText {
  const { root, problems } = readJson(text)
  const members = root?.kind === 'object' ? root.members : []
  const memberByName = new Map(members.map(({ name, value }) => [name, value]))
  const id = memberByName.get('id')
  const read = { text, id: id === undefined ? null : plainValue(id), memberByName }
  const [first] = problems
  if (first !== undefined) {
    const { line, column } = placeOf(text, first.offset)
    return { ...read, problem: `line ${line}, column ${column} of the case: ${first.message}` }
  }
  return root?.kind === 'object' ? read : { ...read, problem: 'a case must be an object' }
}

/** Reads a decision case. @throws UnusableCase */
export function readCase({ text, id, memberByName, problem }: CaseText): DecisionCase {
  if (problem !== undefined) throw new UnusableCase(problem)
  const values: Record<string, unknown> = Object.create(null)
  for (const [name, node] of memberByName) if (!kindByMember.has(name)) values[name] = plainValue(node)
  const root: Located = { value: values, path: '' }
  const policies = policiesIn(text, memberByName)
  const resource = requiredAt(root, 'resource', readResource)
  const action = requiredAt(root, 'action', readAction)
  if (/:key\//.test(resource) && needsKey(action) && !memberByName.has('keyPolicy')) {
    fail('keyPolicy', 'is missing: it is null where there is no key')
  }
  return {
    id,
    ...optional('title', optionalAt(root, 'title', textAt)),
    principal: requiredAt(root, 'principal', readPrincipal),
    action,
    resource,
    ...optional('keyPolicy', policies.one('keyPolicy')),
    identityPolicies: policies.many('identity') ?? [],
    ...optional('boundary', policies.one('boundary')),
    ...optional('sessionPolicies', policies.many('sessionPolicies')),
    ...optional('serviceControlPolicies', policies.levels('callerScps')),
    ...optional('resourceControlPolicies', policies.levels('ownerRcps')),
    ...optional('endpointPolicy', policies.one('vpcePolicy')),
    grants: optionalAt(root, 'grants', (grants) => readGrants(grants, root)) ?? [],
    conditionKeys: optionalAt(root, 'context', readConditionKeys) ?? new Map(),
    conditionKeysComplete: optionalAt(root, 'contextComplete', flagAt) ?? false,
    encryptionContext: optionalAt(root, 'encryptionContext', textsByNameAt) ?? {},
    request: readRequest(optionalAt(root, 'request', (located) => located)),
    ...optional('newKeyPolicy', policies.one('newKeyPolicy')),
    callerIsManagementAccount: optionalAt(root, 'callerIsManagementAccount', flagAt) ?? false,
    ...optional('keyManager', optionalAt(root, 'keyManager', readKeyManager)),
    ...optional('expected', optionalAt(root, 'expect', readAnswer)),
  }
}

function needsKey(action: string): boolean {
  return kmsActionByName.get(operationOf(action) ?? '')?.subject === 'key'
}

/** The policies of a case, cut out of its text. `null` is none. */
function policiesIn(text: string, memberByName: CaseText['memberByName']) {
  const cut = (node: JsonNode, name: string, kind: PolicyKind): PolicyText =>
    // A document may also be written as one text, as policies travel over the wire.
    ({ name, kind, text: node.kind === 'string' ? node.value : text.slice(node.offset, node.end) })
  const list = <T>(node: JsonNode, path: string, read: (item: JsonNode, path: string) => T): T[] =>
    node.kind === 'array'
      ? node.items.map((item, index) => read(item, `${path}[${index}]`))
      : fail(path, 'must be a list')
  const find = <T>(name: string, read: (node: JsonNode, kind: PolicyKind) => T): T | undefined => {
    const [node, kind] = [memberByName.get(name), kindByMember.get(name)]
    return node === undefined || node.kind === 'null' || kind === undefined ? undefined : read(node, kind)
  }
  return {
    one: (name: string): PolicyText | undefined => find(name, (node, kind) => cut(node, name, kind)),
    many: (name: string): PolicyText[] | undefined =>
      find(name, (node, kind) => list(node, name, (item, path) => cut(item, path, kind))),
    levels: (name: string): PolicyLevels | undefined =>
      find(name, (node, kind) =>
        list(node, name, (level, at) => list(level, at, (item, path) => cut(item, path, kind))),
      ),
  }
}

function readAction(located: Located): string {
  const action = textAt(located)
  return /^[a-z0-9-]+:\w+$/.test(action)
    ? action
    : fail(located.path, `is \`${action}\`, not one action as kms:Decrypt`)
}

function readResource(located: Located): string {
  const resource = textAt(located)
  return resource.split(':').length >= 6
    ? resource
    : fail(located.path, `is \`${resource}\`, which is not an ARN`)
}

function readKeyManager(located: Located): 'AWS' | 'CUSTOMER' {
  const manager = textAt(located)
  return manager === 'AWS' || manager === 'CUSTOMER' ? manager : fail(located.path, 'must be AWS or CUSTOMER')
}

/** Grants of a case are all on its key, and made in that key's account unless they say otherwise. */
function readGrants(grants: Located, root: Located): Grant[] {
  const keyAccount = requiredAt(root, 'resource', textAt).split(':')[4] ?? ''
  return itemsAt(grants).map((grant, index) => {
    const text = (name: string) => optionalAt(grant, name, textAt)
    return {
      grantId: text('grantId') ?? `grant-${index + 1}`,
      ...optional('granteePrincipal', text('granteePrincipal')),
      ...optional('granteeServicePrincipal', text('granteeServicePrincipal')),
      ...optional('retiringPrincipal', text('retiringPrincipal')),
      ...optional('retiringServicePrincipal', text('retiringServicePrincipal')),
      issuingAccount: text('issuingAccount') ?? keyAccount,
      operations: requiredAt(grant, 'operations', textsAt),
      ...optional('constraints', optionalAt(grant, 'constraints', readConstraints)),
    }
  })
}

export function readConstraints(located: Located): GrantConstraints {
  return {
    ...optional('encryptionContextEquals', optionalAt(located, 'EncryptionContextEquals', textsByNameAt)),
    ...optional('encryptionContextSubset', optionalAt(located, 'EncryptionContextSubset', textsByNameAt)),
    ...optional('sourceArn', optionalAt(located, 'SourceArn', textAt)),
  }
}

/** Condition keys, looked up without regard to case. Truth values and numbers are what they are as text. */
export function readConditionKeys(located: Located): Map<string, string | readonly string[]> {
  const keys = new Map<string, string | readonly string[]>()
  for (const [name, value] of Object.entries(membersAt(located))) {
    const at = { value, path: `${located.path}.${name}` }
    keys.set(name.toLowerCase(), Array.isArray(value) ? itemsAt(at).map(scalarAt) : scalarAt(at))
  }
  return keys
}

function scalarAt({ value, path }: Located): string {
  const scalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  return scalar ? String(value) : fail(path, 'must be a text, or a list of them')
}

/** Reads what is given of an operation's input. */
export function readRequest(located: Located | undefined): CaseRequest {
  if (located === undefined) return { members: {} }
  const members: Record<string, string> = Object.create(null)
  for (const [name, value] of Object.entries(membersAt(located))) {
    if (typeof value !== 'object') members[name] = String(value)
  }
  return {
    ...optional('operations', optionalAt(located, 'Operations', textsAt)),
    ...optional('constraints', optionalAt(located, 'Constraints', readConstraints)),
    ...optional('tags', optionalAt(located, 'Tags', readTags)),
    ...optional('tagKeys', optionalAt(located, 'TagKeys', textsAt)),
    ...optional('grantId', optionalAt(located, 'GrantId', textAt)),
    members,
  }
}

function readTags(located: Located): { key: string; value: string }[] {
  return itemsAt(located).map((tag) => ({
    key: requiredAt(tag, 'TagKey', textAt),
    value: requiredAt(tag, 'TagValue', textAt),
  }))
}

/** What a case expects. Only what it says is compared. */
function readAnswer(located: Located): Answer {
  const decision = requiredAt(located, 'decision', textAt)
  const text = (name: string) => optionalAt(located, name, textAt)
  if (decision === 'ALLOW') return { decision }
  if (decision === 'ERROR') {
    return { decision, ...optional('error', text('error')), ...optional('message', text('message')) }
  }
  const kind = text('kind')
  if (decision !== 'DENY') return fail(`${located.path}.decision`, 'must be ALLOW, DENY or ERROR')
  if (kind !== 'explicit' && kind !== 'implicit')
    return fail(`${located.path}.kind`, 'must be explicit or implicit')
  return {
    decision,
    kind,
    policyType: text('policyType') ?? fail(`${located.path}.policyType`, 'is missing'),
  }
}
