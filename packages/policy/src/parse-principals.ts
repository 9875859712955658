import {
  type Document,
  type ElementPlace,
  findEither,
  itemsOf,
  joinPath,
  type Located,
  report,
  reportType,
} from './document.ts'
import {
  type PrincipalPattern,
  type ReadPrincipal,
  readAwsPrincipal,
  readServicePrincipal,
} from './matching/principal.ts'
import type { Effect, PrincipalElement } from './policy.ts'

/** Reads `Principal` or `NotPrincipal`: `"*"`, or an object of lists by type. */
export function parsePrincipals(place: ElementPlace, effect: Effect): PrincipalElement | undefined {
  const { document, path, offset } = place
  const element = findEither(place, 'Principal')
  if (element === undefined) {
    if (document.rules.principal === 'forbidden') return undefined
    return report(document, {
      kind: 'grammar',
      path: joinPath(path, 'Principal'),
      offset,
      message: 'is missing',
    })
  }
  const at = { path: element.path, offset: element.offset }
  if (document.rules.principal === 'forbidden') {
    const message = 'Policy document should not specify a principal.'
    return report(document, { kind: 'not-supported', ...at, message })
  }
  if (element.negated && !document.rules.notPrincipal) {
    return report(document, { kind: 'not-supported', ...at, message: 'Has prohibited field NotPrincipal' })
  }
  return { negated: element.negated, patterns: readPatterns(document, element, effect) }
}

function readPatterns(document: Document, element: Located, effect: Effect): PrincipalPattern[] {
  const { node, path } = element
  if (node.kind === 'string') {
    if (node.value === '*') return [patternOf(document, element, { ok: true, kind: 'anyone' }, effect)]
    return reportPrincipal(document, element, 'must be `*` or an object such as `{"AWS": "…"}`') ?? []
  }
  if (node.kind !== 'object') return reportType(document, element, '`*` or an object') ?? []
  if (node.members.length === 0) return reportPrincipal(document, element, 'names nobody') ?? []
  return node.members.flatMap(({ name, value }) => {
    const located = { node: value, path: joinPath(path, name) }
    const items = itemsOf(located)
    if (items.length === 0) reportPrincipal(document, located, 'names nobody')
    return items.flatMap((item) => readEntry(document, item, name, effect) ?? [])
  })
}

function readEntry(
  document: Document,
  item: Located,
  type: string,
  effect: Effect,
): PrincipalPattern | undefined {
  const { node } = item
  if (node.kind !== 'string') return reportType(document, item, 'a string or a list of them')
  const read = readByType(document, type, node.value)
  if (!read.ok) return reportPrincipal(document, item, `\`${node.value}\` ${read.reason}`)
  return patternOf(document, item, read, effect)
}

function readByType(document: Document, type: string, text: string): ReadPrincipal {
  if (type === 'AWS') return readAwsPrincipal(text)
  if (type === 'Service') return readServicePrincipal(text)
  if (type === 'Federated' && document.rules.federated) return { ok: true, kind: 'federated' }
  return { ok: false, reason: `cannot be named here as \`${type}\`` }
}

function patternOf(
  document: Document,
  { node }: Located,
  read: Extract<ReadPrincipal, { ok: true }>,
  effect: Effect,
): PrincipalPattern {
  const written = node.kind === 'string' ? node.value : ''
  const { bindings } = document
  const boundTo = Object.hasOwn(bindings, written) ? bindings[written] : undefined
  return {
    kind: read.kind,
    written,
    ...(read.account !== undefined && { account: read.account }),
    ...(boundTo !== undefined && { boundTo }),
    includesServices: effect === 'Deny' || document.rules.anyoneIncludesServices,
    offset: node.offset,
    length: node.end - node.offset,
  }
}

function reportPrincipal(document: Document, { node, path }: Located, message: string): undefined {
  return report(document, { kind: 'principal', path, offset: node.offset, message })
}
