import { plainTemplate, readResourceTemplate, type Template } from './conditions/variables.ts'
import {
  type Document,
  type ElementPlace,
  findEither,
  findMember,
  itemsOf,
  joinPath,
  type Located,
  report,
  reportType,
} from './document.ts'
import { checkAction, checkResource } from './iam-grammar.ts'
import { parseConditions } from './parse-conditions.ts'
import { parsePrincipals } from './parse-principals.ts'
import type { Effect, Statement, TextElement } from './policy.ts'

const elements = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
])

/** Reads one statement; undefined when it is not even an object. */
export function parseStatement(document: Document, located: Located, index: number): Statement | undefined {
  const { node, path } = located
  if (node.kind !== 'object') return reportType(document, located, 'an object')
  const { members, offset } = node
  for (const member of members) {
    if (elements.has(member.name)) continue
    const at = { path: joinPath(path, member.name), offset: member.offset }
    report(document, { kind: 'grammar', ...at, message: 'is not an element of a statement' })
  }
  const element: ElementPlace = { document, members, path, offset }
  const sid = readSid(document, findMember(members, 'Sid', path))
  const effect = readEffect(element)
  const principals = parsePrincipals(element, effect)
  const actions = readTexts(element, 'Action', document.rules.action)
  const resources = readTexts(element, 'Resource', document.rules.resource)
  const statement: Statement = {
    index,
    ...(sid !== undefined && { sid }),
    effect,
    ...(principals && { principals }),
    ...(actions && { actions }),
    ...(resources && { resources }),
    conditions: parseConditions(document, findMember(members, 'Condition', path)),
    ...document.placeAt(offset),
  }
  if (document.rules.denyOnly) checkDenyOnly(document, statement, { path, offset })
  return statement
}

/**
 * A custom resource control policy denies some services' actions to everyone. The one that allows is
 * `RCPFullAWSAccess`, which an organization always has and whose single form is let through here.
 */
function checkDenyOnly(document: Document, statement: Statement, at: { path: string; offset: number }): void {
  const { effect, principals, actions, resources, conditions } = statement
  const complain = (message: string) => report(document, { kind: 'not-supported', ...at, message })
  const anyAction = actions?.patterns.some((pattern) => pattern.written === '*') ?? false
  if (principals?.patterns.some((pattern) => pattern.written !== '*')) complain('Principal must be `*`')
  if (actions?.negated) complain('Has prohibited field NotAction')
  if (effect === 'Deny' && anyAction) complain('an action must name its service')
  const everything = anyAction && resources?.patterns.some((pattern) => pattern.written === '*')
  const full = everything && !resources?.negated && conditions.length === 0
  if (effect === 'Allow' && !full) complain('Effect must be `Deny`')
}

function readSid(document: Document, sid: Located | undefined): string | undefined {
  if (sid === undefined) return undefined
  return sid.node.kind === 'string' ? sid.node.value : reportType(document, sid, 'a string')
}

/** An effect that cannot be read counts as Deny while the rest is read; the policy is refused anyway. */
function readEffect({ document, members, path, offset }: ElementPlace): Effect {
  const effect = findMember(members, 'Effect', path)
  if (effect === undefined) {
    report(document, { kind: 'grammar', path: joinPath(path, 'Effect'), offset, message: 'is missing' })
    return 'Deny'
  }
  const { node } = effect
  if (node.kind === 'string' && (node.value === 'Allow' || node.value === 'Deny')) return node.value
  const letters = node.kind === 'string' ? node.value.toLowerCase() : ''
  const kind = letters === 'allow' || letters === 'deny' ? 'legacy' : 'grammar'
  report(document, { kind, path: effect.path, offset: node.offset, message: 'must be `Allow` or `Deny`' })
  return 'Deny'
}

function readTexts(
  place: ElementPlace,
  name: 'Action' | 'Resource',
  rule: 'required' | 'inert' | 'forbidden',
): TextElement | undefined {
  const { document, path, offset } = place
  const element = findEither(place, name)
  if (element && rule === 'forbidden') {
    const message = `Has prohibited field ${name}`
    return report(document, { kind: 'not-supported', path: element.path, offset: element.offset, message })
  }
  const templates = element ? itemsOf(element).flatMap((item) => readText(document, item, name) ?? []) : []
  // A list of which no entry could be read has been complained about already.
  const empty = element === undefined || (element.node.kind === 'array' && element.node.items.length === 0)
  if (empty && rule === 'required') {
    const kind = name === 'Action' ? 'missing-action' : 'missing-resource'
    return report(document, { kind, path: joinPath(path, name), offset, message: 'is missing' })
  }
  // Where no resource can be named, the statement is about the one thing it is attached to.
  if (rule === 'forbidden') return { negated: false, patterns: [plainTemplate('*')] }
  return empty ? undefined : { negated: element.negated, patterns: templates }
}

function readText(document: Document, item: Located, name: 'Action' | 'Resource'): Template | undefined {
  const { node, path } = item
  // IAM is known to take a null among resources, and to ignore it.
  if (node.kind === 'null' && name === 'Resource' && path.endsWith(']') && document.rules.iam)
    return undefined
  if (node.kind !== 'string') return reportType(document, item, 'a string or a list of them')
  if (document.rules.iam) {
    const finding = name === 'Action' ? checkAction(node.value) : checkResource(node.value)
    if (finding) report(document, { ...finding, path, offset: node.offset })
  }
  const variables = name === 'Resource' && document.version === '2012-10-17'
  return variables ? readResourceTemplate(node.value) : plainTemplate(node.value)
}
