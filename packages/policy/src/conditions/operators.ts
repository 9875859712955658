import { matchesAddress, readAddressRange } from '../matching/address.ts'
import { arnPattern, matchesArn } from '../matching/arn.ts'
import { type Fragment, matchesWildcard, textOf, wildcardOf } from '../matching/wildcard.ts'
import { readBinary, readBoolean, readDate, readNumber } from './values.ts'

/** One wanted value, ready to be asked about actual ones. */
export type Test = (actual: string) => boolean

/** What an operator compares; also decides whether its values may hold variables. */
export type ValueType = 'String' | 'Numeric' | 'Date' | 'Bool' | 'Binary' | 'IpAddress' | 'Arn' | 'Null'

/** One row of the table, resolved: below it nobody compares names of operators. */
export interface Operator {
  readonly name: string
  readonly type: ValueType
  /** Of a negated operator, no wanted value may match. */
  readonly negated: boolean
  readonly variables: boolean
  test(wanted: readonly Fragment[]): Test
}

type Compare = (wanted: readonly Fragment[]) => Test

/** A wanted value that cannot be read matches nothing. */
const never: Test = () => false

const sameText: Compare = (wanted) => {
  const text = textOf(wanted)
  return (actual) => actual === text
}

const sameLetters: Compare = (wanted) => {
  const text = textOf(wanted).toLowerCase()
  return (actual) => actual.toLowerCase() === text
}

const like: Compare = (wanted) => {
  const pattern = wildcardOf(wanted)
  return (actual) => matchesWildcard(pattern, actual)
}

const likeArn: Compare = (wanted) => {
  const pattern = arnPattern(wanted)
  return pattern === undefined ? never : (actual) => matchesArn(pattern, actual)
}

const inRange: Compare = (wanted) => {
  const range = readAddressRange(textOf(wanted))
  return range === undefined ? never : (actual) => matchesAddress(range, actual)
}

/** For values that are read before they are compared. */
function reading<T>(
  read: (text: string) => T | undefined,
  holds: (actual: T, wanted: T) => boolean,
): Compare {
  return (fragments) => {
    const wanted = read(textOf(fragments))
    if (wanted === undefined) return never
    return (text) => {
      const actual = read(text)
      return actual !== undefined && holds(actual, wanted)
    }
  }
}

const same = (actual: unknown, wanted: unknown): boolean => actual === wanted
const less = (actual: number, wanted: number): boolean => actual < wanted
const lessOrSame = (actual: number, wanted: number): boolean => actual <= wanted
const greater = (actual: number, wanted: number): boolean => actual > wanted
const greaterOrSame = (actual: number, wanted: number): boolean => actual >= wanted

/**
 * Every operator we evaluate. To add one, add a row; to give it a negation, name it in the last column.
 * `Null`, the set operators and `…IfExists` need the shape of the whole request and live in `modifiers.ts`.
 */
const rows: readonly [name: string, type: ValueType, compare: Compare, negation?: string][] = [
  ['StringEquals', 'String', sameText, 'StringNotEquals'],
  ['StringEqualsIgnoreCase', 'String', sameLetters, 'StringNotEqualsIgnoreCase'],
  ['StringLike', 'String', like, 'StringNotLike'],
  ['NumericEquals', 'Numeric', reading(readNumber, same), 'NumericNotEquals'],
  ['NumericLessThan', 'Numeric', reading(readNumber, less)],
  ['NumericLessThanEquals', 'Numeric', reading(readNumber, lessOrSame)],
  ['NumericGreaterThan', 'Numeric', reading(readNumber, greater)],
  ['NumericGreaterThanEquals', 'Numeric', reading(readNumber, greaterOrSame)],
  ['DateEquals', 'Date', reading(readDate, same), 'DateNotEquals'],
  ['DateLessThan', 'Date', reading(readDate, less)],
  ['DateLessThanEquals', 'Date', reading(readDate, lessOrSame)],
  ['DateGreaterThan', 'Date', reading(readDate, greater)],
  ['DateGreaterThanEquals', 'Date', reading(readDate, greaterOrSame)],
  ['Bool', 'Bool', reading(readBoolean, same)],
  ['BinaryEquals', 'Binary', reading(readBinary, same)],
  ['IpAddress', 'IpAddress', inRange, 'NotIpAddress'],
  ['ArnEquals', 'Arn', likeArn, 'ArnNotEquals'],
  ['ArnLike', 'Arn', likeArn, 'ArnNotLike'],
]

/** All operators by name, negations included. */
export const operatorByName: ReadonlyMap<string, Operator> = new Map(
  rows.flatMap(([name, type, test, negation]) => {
    const variables = type === 'String' || type === 'Arn'
    const entries: [string, Operator][] = [[name, { name, type, negated: false, variables, test }]]
    if (negation) entries.push([negation, { name: negation, type, negated: true, variables, test }])
    return entries
  }),
)

/** `Null` compares no value of the request: its wanted `true` or `false` is asked whether the key is missing. */
export const nullOperator: Operator = {
  name: 'Null',
  type: 'Null',
  negated: false,
  variables: false,
  test: reading(readBoolean, same),
}
