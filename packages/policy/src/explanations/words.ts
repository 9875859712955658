import { type Layer, layerWords } from '../layers.ts'
import type { Owner, PolicyReference, StatementReference } from './explanation.ts'
import type { Addition, Fact } from './remedy.ts'

/** Words that sentences are made of. */

/** `key policy` */
export function nameOfLayer(layer: Layer): string {
  return layerWords.get(layer)?.name ?? layer
}

const roles: Readonly<Record<Owner['role'], string>> = {
  'key-administrator': 'key administrator',
  'iam-administrator': 'IAM administrator',
  'organization-administrator': 'organization administrator',
  'network-administrator': 'network administrator',
  caller: 'caller',
}

/** `the IAM administrator of account 111122223333` */
export function nameOfOwner({ role, account }: Owner): string {
  return `the ${roles[role]}${account === undefined ? '' : ` of account ${account}`}`
}

/** `identity policy "app"`; a layer of which there is one policy needs no name. */
export function nameOfPolicy({ layer, name, arn, level }: PolicyReference): string {
  const kind = nameOfLayer(layer)
  const shown = arn ?? name
  const called = shown === kind || shown === '' ? kind : `${kind} \`${shown}\``
  return level === undefined ? called : `${called} on level ${level + 1}`
}

/** `statement "Use" of identity policy "app" (line 3, column 5)` */
export function nameOfStatement({ policy, index, sid, line, column }: StatementReference): string {
  const called = sid ? `"${sid}"` : String(index + 1)
  return `statement ${called} of ${nameOfPolicy(policy)} (line ${line}, column ${column})`
}

/** `a`, `b` or `c` */
export function either(names: readonly string[], last: 'or' | 'and' = 'or'): string {
  const quoted = names.map((name) => `\`${name}\``)
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} ${last} ${quoted.at(-1)}`
}

/** How a fact is brought about; `…` is where its value goes. */
const phrases: readonly [prefix: string, phrase: string][] = [
  ['aws:sourcevpce', 'come through the VPC endpoint …'],
  ['aws:sourcevpc', 'come from the VPC …'],
  ['aws:sourceip', 'come from the address …'],
  ['aws:vpcsourceip', 'come from the address … within the VPC'],
  ['kms:encryptioncontextkeys', 'send an encryption context with the key …'],
  ['kms:viaservice', 'let the service … make the call'],
  ['kms:requestalias', 'name the key by its alias …'],
  ['kms:resourcealiases', 'give the key the alias …'],
]

const flags: readonly [key: string, phrase: string][] = [
  ['aws:multifactorauthpresent', 'sign in with MFA'],
  ['aws:securetransport', 'use TLS'],
]

/** What somebody would do so that the request has the fact. */
export function sentenceOfFact({ key, value, like }: Fact): string {
  const lower = key.toLowerCase()
  const shown = value === null ? '' : either([value].flat(), 'and')
  const wanted = like === undefined ? shown : like === '*' ? 'any value' : `a value like \`${like}\``
  if (lower.startsWith('kms:encryptioncontext:')) {
    const name = key.slice('kms:encryptioncontext:'.length)
    if (value === null) return `leave \`${name}\` out of the encryption context`
    return like === undefined
      ? `send encryption context \`${name}\` = ${wanted}`
      : `send encryption context \`${name}\` with ${wanted}`
  }
  if (value === null) return `make the request without \`${key}\``
  const flag = value === 'true' ? flags.find(([name]) => name === lower) : undefined
  if (flag) return flag[1]
  const phrase = phrases.find(([name]) => name === lower)?.[1]
  return phrase ? phrase.replace('…', wanted) : `have \`${key}\` be ${wanted}`
}

/** What somebody would write into a statement. */
export function sentenceOfAddition({ element, operator, key, value }: Addition): string {
  if (element === 'Condition') return `to Condition ${operator} ${key}, add ${value}`
  return `to ${element}, add ${value}`
}

/** `a key policy`, `an identity policy` */
export function withArticle(name: string): string {
  return `${/^[aeiou]/i.test(name) ? 'an' : 'a'} ${name}`
}
