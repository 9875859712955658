import { CannotApply } from './cannot-apply.ts'
import { isList, type Json } from './json.ts'
import { referencesIn } from './references.ts'

/** A policy as it is sent. One that still refers to something that is not there must not be. @throws CannotApply */
export function wireDocument(document: Json): string {
  const text = JSON.stringify(document)
  if (referencesIn(text).length > 0)
    throw new CannotApply('the policy refers to something that is not there yet')
  return text
}

/** Whether two policies are the same but for the order of names and lists, and whether one thing is in a list. */
export function sameDocument(one: Json, other: Json): boolean {
  return JSON.stringify(normal(one)) === JSON.stringify(normal(other))
}

function normal(value: Json): Json {
  if (isList(value)) {
    const items = value.map(normal)
    if (items.length === 1) return items[0] ?? null
    const texts = items.filter((item) => typeof item === 'string')
    return texts.length === items.length ? [...new Set(texts)].sort() : items
  }
  if (typeof value !== 'object' || value === null) return String(value)
  const members = Object.entries(value).map(([name, item]) => [name, normal(item)] as const)
  return Object.fromEntries(members.sort(([one], [other]) => (one < other ? -1 : 1)))
}

/** The members of policies and statements in the order in which people write them. */
const usualOrder = [
  'Version',
  'Id',
  'Statement',
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]

/** A policy as lines, laid out alike however it was written, so that lines differ only where policies do. */
export function documentLines(value: Json): string[] {
  return JSON.stringify(laidOut(value), undefined, 2).split('\n')
}

function laidOut(value: Json): Json {
  if (isList(value)) {
    const items = value.map(laidOut)
    return items.length === 1 && typeof items[0] !== 'object' ? (items[0] ?? null) : items
  }
  if (typeof value !== 'object' || value === null) return value
  const place = (name: string) => (usualOrder.includes(name) ? usualOrder.indexOf(name) : usualOrder.length)
  const members = Object.entries(value).map(([name, item]) => {
    // A single statement is written with and without a list.
    return [name, name === 'Statement' && !isList(item) ? [laidOut(item)] : laidOut(item)] as const
  })
  return Object.fromEntries(members.sort(([one], [other]) => place(one) - place(other)))
}
