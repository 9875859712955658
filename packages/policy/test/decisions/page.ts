import {
  type AccessRequest,
  type Asked,
  type Authority,
  type Authorization,
  authorize,
  type ConditionKeyValue,
  type EncryptionContext,
  type Form,
  type Grant,
  type NamedPolicy,
  type Policy,
  type PolicyKind,
  type PrincipalBindings,
  parsePolicy,
} from '@claviger/policy'
import { findCaller, home, key } from './callers.ts'

/**
 * A decision page is documentation and test in one: headings, policies in JSON blocks, and tables of requests.
 * A block's first line says what it is (```json key-policy delegating); the word after the kind is its name. A
 * section has the blocks above the first `##` and its own; of what there is one of, its own is in place. A `policies` column says which of them are in
 * place, else all are. Columns we do not know are condition keys; an empty cell means the key is missing.
 */
export interface Row {
  readonly section: string
  readonly cells: ReadonlyMap<string, string>
  readonly blocks: readonly Block[]
}

interface Block {
  readonly kind: string
  readonly name: string
  readonly text: string
}

const ownColumns = new Set([
  'case',
  'caller',
  'action',
  'resource',
  'policies',
  'encryption context',
  'new grant',
  'decision',
  'layer',
  'because',
])

/** Reads all rows of all tables of a page. */
export function readPage(markdown: string): Row[] {
  const rows: Row[] = []
  let shared: Block[] = []
  let own: Block[] = []
  let section = ''
  let columns: string[] | undefined
  const lines = markdown.split('\n')
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? ''
    const heading = /^##\s+(.*)$/.exec(line)?.[1]
    const info = /^```json\s+(\S+)\s*(\S*)/.exec(line)
    if (heading !== undefined) {
      if (section === '') shared = own
      own = []
      section = heading
    } else if (info) {
      const end = lines.indexOf('```', index)
      own.push({ kind: info[1] ?? '', name: info[2] ?? '', text: lines.slice(index + 1, end).join('\n') })
      index = end
    } else if (!line.startsWith('|')) columns = undefined
    else if (columns === undefined) columns = cellsOf(line)
    else if (!/^[|\s:-]+$/.test(line)) {
      const values = cellsOf(line)
      const cells = new Map(columns.map((name, at) => [name, values[at] ?? '']))
      rows.push({ section, cells, blocks: [...shared, ...own] })
    }
  }
  return rows
}

function cellsOf(line: string): string[] {
  const cells = line.split('|').slice(1, -1)
  return cells.map((cell) => cell.trim().replace(/^`(.*)`$/, '$1'))
}

/** What a row says should come out. */
export function wantedOf({ cells }: Row): Record<string, string> {
  const wanted = ['decision', 'layer', 'because'].filter((name) => cells.has(name))
  return Object.fromEntries(wanted.map((name) => [name, cells.get(name) ?? '']))
}

/** What comes out, in the same words: statements by Sid or number, grants by id. */
export function actualOf(row: Row, makeForm: (policy: Policy) => Form): Record<string, string> {
  const { decision, layer, because, grant } = decide(row, makeForm)
  const statements = because.map(({ statement }) => statement.sid ?? String(statement.index + 1))
  const all = { decision, layer, because: grant ? grant.grantId : statements.join(', ') }
  return Object.fromEntries(Object.entries(all).filter(([name]) => row.cells.has(name)))
}

function decide(row: Row, makeForm: (policy: Policy) => Form): Authorization {
  const { authority, request } = askedOf(row, makeForm)
  return authorize(authority, request)
}

/** What a row asks, of whom. */
export function askedOf(row: Row, makeForm: (policy: Policy) => Form): Asked {
  const { cells } = row
  const encryptionContext = pairsOf(cells.get('encryption context') ?? '')
  return {
    authority: authorityOf(row, makeForm, encryptionContext),
    request: requestOf(cells, encryptionContext),
  }
}

function requestOf(cells: Row['cells'], encryptionContext: EncryptionContext): AccessRequest {
  const values = new Map<string, ConditionKeyValue>()
  for (const [name, value] of Object.entries(encryptionContext)) {
    values.set(`kms:encryptioncontext:${name.toLowerCase()}`, value)
  }
  for (const [name, cell] of cells) {
    if (!ownColumns.has(name) && cell !== '') values.set(name.toLowerCase(), keyValueOf(cell))
  }
  return {
    principal: findCaller(cells.get('caller') ?? 'alice'),
    action: cells.get('action') || 'kms:Decrypt',
    resource: cells.get('resource') || key,
    conditionKeys: { find: (name) => values.get(name) },
  }
}

/** `[a, b]` is a multi-valued key, `""` an empty text. */
function keyValueOf(cell: string): ConditionKeyValue {
  if (cell === '""') return ''
  if (!cell.startsWith('[')) return cell
  const inside = cell.slice(1, -1).trim()
  return inside === '' ? [] : inside.split(',').map((value) => value.trim())
}

function pairsOf(cell: string): EncryptionContext {
  const pairs = cell === '' ? [] : cell.split(',').map((pair) => pair.trim().split('='))
  return Object.fromEntries(pairs.map(([name = '', value = '']) => [name, value]))
}

const blockKinds: ReadonlySet<string> = new Set<PolicyKind>([
  'key-policy',
  'identity-policy',
  'permissions-boundary',
  'session-policy',
  'service-control-policy',
  'resource-control-policy',
  'endpoint-policy',
  'trust-policy',
])

function isPolicyKind(kind: string): kind is PolicyKind {
  return blockKinds.has(kind)
}

function authorityOf(
  { cells, blocks }: Row,
  makeForm: (policy: Policy) => Form,
  encryptionContext: EncryptionContext,
): Authority {
  const listed = cells.get('policies')
  const names = listed?.split(',').map((name) => name.trim())
  const inPlace = blocks.filter(({ name }) => name === '' || (names?.includes(name) ?? true))
  const unknown = names?.find((name) => name !== '' && !blocks.some((block) => block.name === name))
  if (unknown !== undefined) throw new Error(`no block is named ${unknown}`)
  const bindings = JSON.parse(inPlace.find(({ kind }) => kind === 'bindings')?.text ?? '{}')
  const policies = (kind: PolicyKind): NamedPolicy[] =>
    inPlace
      .filter((block) => block.kind === kind)
      .map((block) => ({ name: block.name || kind, form: makeForm(policyOf(block, bindings)) }))
  const keyPolicy = policies('key-policy').at(-1)
  const trustPolicy = policies('trust-policy').at(-1)
  const boundary = policies('permissions-boundary').at(-1)
  const endpoint = policies('endpoint-policy').at(-1)
  const sessionPolicies = policies('session-policy')
  const newGrant = cells.get('new grant')
  return {
    resourceAccount: home,
    identityPolicies: policies('identity-policy'),
    // Every block is a level of its own, root first.
    serviceControlPolicies: policies('service-control-policy').map((policy) => [policy]),
    resourceControlPolicies: policies('resource-control-policy').map((policy) => [policy]),
    grants: inPlace.filter(({ kind }) => kind === 'grant').map(({ text }): Grant => JSON.parse(text)),
    encryptionContext,
    crossAccount: cells.get('action') !== 'kms:ScheduleKeyDeletion',
    ...(keyPolicy && { keyPolicy: keyPolicy.form }),
    ...(trustPolicy && { trustPolicy: trustPolicy.form }),
    ...(boundary && { boundary }),
    ...(endpoint && { endpointPolicy: endpoint.form }),
    ...(sessionPolicies.length > 0 && { sessionPolicies }),
    ...(newGrant && { newGrant: JSON.parse(newGrant) }),
  }
}

function policyOf({ kind, text }: Block, bindings: PrincipalBindings): Policy {
  if (!isPolicyKind(kind)) throw new Error(`${kind} is no kind of policy`)
  const parsed = parsePolicy(text, kind, bindings)
  if (!parsed.ok) throw new Error(`${JSON.stringify(parsed.problems)} in ${text}`)
  return parsed.policy
}
