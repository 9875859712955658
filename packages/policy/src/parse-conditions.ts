import { type ParsedOperator, readOperator } from './conditions/modifiers.ts'
import { plainTemplate, readTemplate, type Template } from './conditions/variables.ts'
import { type Document, itemsOf, joinPath, type Located, report, reportType } from './document.ts'
import { isDateForIam } from './iam-grammar.ts'
import type { Condition } from './policy.ts'

/** Reads a `Condition` element: operator → condition key → the value or values wanted. */
export function parseConditions(document: Document, element: Located | undefined): Condition[] {
  if (element === undefined) return []
  if (element.node.kind !== 'object') return reportType(document, element, 'an object') ?? []
  return element.node.members.flatMap(({ name, offset, value }) => {
    const located = { node: value, path: joinPath(element.path, name) }
    if (value.kind !== 'object') return reportType(document, located, 'an object') ?? []
    const operator = readOperator(name)
    if (operator) return readKeys(document, operator, located)
    // IAM looks at an operator only when there is something to compare.
    if (document.rules.iam && value.members.length === 0) return []
    const message = 'is not a condition operator'
    return report(document, { kind: 'grammar', path: located.path, offset, message }) ?? []
  })
}

function readKeys(document: Document, operator: ParsedOperator, { node, path }: Located): Condition[] {
  if (node.kind !== 'object') return []
  return node.members.map(({ name, offset, value }) => {
    const located = { node: value, path: joinPath(path, name) }
    const values = itemsOf(located).flatMap((item) => readValue(document, operator, item) ?? [])
    const condition = { operator, key: name, lowerCaseKey: lookedUp(document, name.toLowerCase()), values }
    checkPermissiveness(document, condition, { path: located.path, offset })
    return condition
  })
}

/** Condition keys that only identity policies can ask about (AWS KMS Developer Guide, `kms:ResourceAliases`). */
const identityPoliciesOnly: ReadonlySet<string> = new Set(['kms:resourcealiases'])

/** A name that no condition key has, and no caller can give one. */
const neverThere = ''

/** What a key is looked up by: in a key policy, some keys are missing from every request. */
function lookedUp({ kind }: Document, lowerCaseKey: string): string {
  return kind === 'key-policy' && identityPoliciesOnly.has(lowerCaseKey) ? neverThere : lowerCaseKey
}

function readValue(document: Document, { operator }: ParsedOperator, item: Located): Template | undefined {
  const written = writtenValue(item)
  if (written === undefined) return reportType(document, item, 'a string, a number or a boolean')
  if (document.rules.iam && operator.type === 'Date' && !isDateForIam(written)) {
    const message = `\`${written}\` is not a date`
    report(document, { kind: 'legacy', path: item.path, offset: item.node.offset, message })
  }
  const variables = operator.variables && document.version === '2012-10-17'
  return variables ? readTemplate(written) : plainTemplate(written)
}

/** Numbers count as they are written: `1.0` and `1` are different texts, and the same number. */
function writtenValue({ node }: Located): string | undefined {
  switch (node.kind) {
    case 'string':
      return node.value
    case 'number':
      return node.written
    case 'boolean':
      return String(node.value)
    default:
      return undefined
  }
}

const singleValued = ['kms:encryptioncontext:', 'aws:requesttag/']

/** `ForAllValues` holds when the key is missing, so with these keys it lets in just what it seems to keep out. */
function checkPermissiveness(
  document: Document,
  { operator, lowerCaseKey }: Condition,
  at: { path: string; offset: number },
): void {
  if (document.kind !== 'key-policy' || operator.quantifier !== 'every') return
  if (!singleValued.some((prefix) => lowerCaseKey.startsWith(prefix))) return
  report(document, { kind: 'overly-permissive', ...at, message: overlyPermissive })
}

/** AWS's own text, recorded with its brackets. */
const overlyPermissive =
  'OverlyPermissiveCondition: Using the ForAllValues set operator with a single-valued condition key matches ' +
  'requests without the specified [encryption context or tag] or with an unspecified ' +
  '[encryption context or tag]. To fix, remove ForAllValues.'
