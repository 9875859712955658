import { type Document, findMember, type Located, report, reportType } from './document.ts'
import { type JsonMember, placesIn, readJson } from './json.ts'
import { parseStatement } from './parse-statement.ts'
import type { Policy, PolicyKind, PolicyVersion, Statement } from './policy.ts'
import { kindRules } from './policy-kinds.ts'
import type { Problem } from './problem.ts'

/**
 * ARN in a `Principal` element → the unique id (`AIDA…`, `AROA…`) it stood for when the policy was put. A bound
 * principal matches only the holder of that id, so a new role under an old name inherits nothing.
 */
export type PrincipalBindings = Readonly<Record<string, string>>

/** A policy, or everything that is wrong with its document. */
export type ParsedPolicy =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** Reads a policy document. All problems are found in one pass, each with its path and place. */
export function parsePolicy(text: string, kind: PolicyKind, bindings: PrincipalBindings = {}): ParsedPolicy {
  const problems: Problem[] = []
  const reading = readJson(text)
  const placeAt = placesIn(text)
  for (const { offset, message } of reading.problems) {
    report({ placeAt, problems }, { kind: 'syntax', path: '', offset, message })
  }
  const root = reading.root
  if (root === undefined) return { ok: false, problems }
  if (root.kind !== 'object') {
    report(
      { placeAt, problems },
      { kind: 'grammar', path: '', offset: root.offset, message: 'must be an object' },
    )
    return { ok: false, problems }
  }
  const version = readVersion(root.members)
  const document = {
    placeAt,
    kind,
    rules: kindRules[kind],
    version: version ?? '2008-10-17',
    bindings,
    problems,
  }
  const policy = readPolicy(document, root.members, root.offset)
  return problems.length > 0 ? { ok: false, problems } : { ok: true, policy }
}

const elements = ['Version', 'Id', 'Statement']

function readPolicy(document: Document, members: readonly JsonMember[], offset: number): Policy {
  for (const { name, offset } of members) {
    if (elements.includes(name)) continue
    report(document, { kind: 'grammar', path: name, offset, message: 'is not an element of a policy' })
  }
  checkVersion(document, members, offset)
  const id = findMember(members, 'Id', '')
  if (id && id.node.kind !== 'string') reportType(document, id, 'a string')
  const statements = readStatements(document, members, offset)
  checkSids(document, statements)
  return {
    kind: document.kind,
    version: document.version,
    ...(id?.node.kind === 'string' && { id: id.node.value }),
    statements,
  }
}

/** No version, like any we do not know, is read as the old one: there variables are plain text. */
function readVersion(members: readonly JsonMember[]): PolicyVersion | undefined {
  const version = findMember(members, 'Version', '')?.node
  if (version?.kind !== 'string') return undefined
  return version.value === '2012-10-17' || version.value === '2008-10-17' ? version.value : undefined
}

function checkVersion(document: Document, members: readonly JsonMember[], offset: number): void {
  const version = findMember(members, 'Version', '')
  if (version && readVersion(members) === undefined) {
    reportType(document, version, '`2012-10-17` or `2008-10-17`')
  } else if (!document.rules.anyVersion && document.version !== '2012-10-17') {
    const at = version?.node.offset ?? offset
    report(document, { kind: 'version', path: 'Version', offset: at, message: 'must be `2012-10-17`' })
  }
}

function readStatements(document: Document, members: readonly JsonMember[], offset: number): Statement[] {
  const element = findMember(members, 'Statement', '')
  if (element === undefined) {
    report(document, { kind: 'grammar', path: 'Statement', offset, message: 'is missing' })
    return []
  }
  const { node, path } = element
  // A single statement is a list of one, and so are the paths into it.
  const items: Located[] =
    node.kind === 'array'
      ? node.items.map((item, index) => ({ node: item, path: `${path}[${index}]` }))
      : [{ node, path: `${path}[0]` }]
  if (items.length === 0) reportType(document, element, 'a statement or a list of them')
  return items.flatMap((item, index) => parseStatement(document, item, index) ?? [])
}

/** IAM wants each statement id once; key policies may repeat them. */
function checkSids(document: Document, statements: readonly Statement[]): void {
  if (!document.rules.iam) return
  const seen = new Set<string>()
  for (const { sid, index, line, column } of statements) {
    if (!sid) continue
    if (seen.has(sid)) {
      const message = 'Statement IDs (SID) in a single policy must be unique.'
      document.problems.push({ kind: 'sid', path: `Statement[${index}].Sid`, message, line, column })
    }
    seen.add(sid)
  }
}
