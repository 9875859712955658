import { type Layer, layers, layerWords } from '@claviger/policy'
import { kmsActionByName } from '../policy-cases/kms-actions.ts'
import { type LineProblem, type Word, wordsOf } from './words.ts'

/** One expectation as it was written, `role/app Decrypt without encryption context AppName`, read. */
export interface Sentence {
  readonly caller: Word
  readonly operation: string
  /** Pairs sent beside, or in place of, those of the file. */
  readonly encryptionContext: ReadonlyMap<string, string>
  /** Pairs of the file that are not sent: these, or all. */
  readonly leftOut: ReadonlySet<string> | 'all'
  readonly conditionKeys: ReadonlyMap<string, string>
  readonly absentKeys: ReadonlySet<string>
  /** The service through which the caller comes. */
  readonly via?: string
  readonly throughEndpoint: boolean
  /** The alias that names the key. */
  readonly by?: string
  readonly because?: Because
}

/** Who is expected to decide: a layer, or a statement by its id. */
export type Because = { readonly layer: Layer } | { readonly sid: string }

/** The sentence while it is read. */
interface Draft {
  readonly encryptionContext: Map<string, string>
  leftOut: Set<string> | 'all'
  readonly conditionKeys: Map<string, string>
  readonly absentKeys: Set<string>
  via?: string
  throughEndpoint: boolean
  by?: string
  because?: Because
}

/**
 * Reads the sentence of an expectation:
 *
 *     caller operation { clause }
 *     clause = with encryption context name=value, …      via service
 *            | without encryption context [name, …]       through the endpoint
 *            | with condition-key=value, …                by alias/name
 *            | without condition-key, …                   because [the] layer | because "Sid"
 */
export function readSentence(line: string): Sentence | LineProblem {
  const words = wordsOf(line)
  if ('message' in words) return words
  const cursor: Cursor = { words, next: 0, length: line.length }
  try {
    return readAll(cursor)
  } catch (error) {
    if (!(error instanceof Misread)) throw error
    return { at: error.at, message: error.message }
  }
}

function readAll(cursor: Cursor): Sentence {
  const caller = take(cursor, 'a caller is missing')
  const operation = readOperation(cursor)
  const draft: Draft = {
    encryptionContext: new Map(),
    leftOut: new Set(),
    conditionKeys: new Map(),
    absentKeys: new Set(),
    throughEndpoint: false,
  }
  for (let word = peek(cursor); word !== undefined; word = peek(cursor)) {
    const clause = word.quoted ? undefined : clauses.get(word.text)
    if (clause === undefined) {
      return misread(
        word.at,
        `\`${word.text}\` is not understood; here may follow ${[...clauses.keys()].join(', ')}`,
      )
    }
    cursor.next++
    clause(cursor, draft)
  }
  return { caller, operation, ...draft }
}

function readOperation(cursor: Cursor): string {
  const { text, at } = take(cursor, 'an operation is missing')
  const name = text.startsWith('kms:') ? text.slice('kms:'.length) : text
  if (kmsActionByName.has(name)) return name
  const hint = name === 'ReEncrypt' ? ': say ReEncryptFrom or ReEncryptTo, which are allowed separately' : ''
  return misread(at, `\`${text}\` is no operation of KMS${hint}`)
}

/** What may follow the operation, by the word it begins with. To add a clause, add a row. */
const clauses: ReadonlyMap<string, (cursor: Cursor, draft: Draft) => void> = new Map([
  ['with', readWith],
  ['without', readWithout],
  ['via', readVia],
  ['through', readThrough],
  ['by', readBy],
  ['because', readBecause],
])

function readWith(cursor: Cursor, draft: Draft): void {
  const target = takesEncryptionContext(cursor) ? draft.encryptionContext : draft.conditionKeys
  for (const { text, at } of readList(cursor, 'a pair is missing, as name=value')) {
    const equals = text.indexOf('=')
    if (equals < 1) misread(at, `\`${text}\` is not a pair, as name=value`)
    const name = text.slice(0, equals)
    if (target === draft.conditionKeys) requireConditionKey(name, at)
    target.set(name, text.slice(equals + 1))
  }
}

function readWithout(cursor: Cursor, draft: Draft): void {
  const inContext = takesEncryptionContext(cursor)
  const next = peek(cursor)
  if (inContext && (next === undefined || (!next.quoted && clauses.has(next.text)))) {
    draft.leftOut = 'all'
    return
  }
  for (const { text, at } of readList(cursor, 'a name is missing')) {
    if (!inContext) requireConditionKey(text, at)
    if (!inContext) draft.absentKeys.add(text)
    else if (draft.leftOut !== 'all') draft.leftOut.add(text)
  }
}

/** Condition keys name their service: a word without is likely meant for the encryption context. */
function requireConditionKey(name: string, at: number): void {
  if (/^[a-z0-9-]+:/i.test(name)) return
  misread(at, `\`${name}\` is no condition key, as aws:SourceIp; is \`encryption context\` meant?`)
}

function readVia(cursor: Cursor, draft: Draft): void {
  draft.via = take(cursor, 'a service is missing, as s3').text
}

function readThrough(cursor: Cursor, draft: Draft): void {
  const at = peek(cursor)?.at ?? cursor.length
  if (!takes(cursor, 'the', 'endpoint')) misread(at, '`through` is followed by `the endpoint`')
  draft.throughEndpoint = true
}

function readBy(cursor: Cursor, draft: Draft): void {
  const { text, at } = take(cursor, 'an alias is missing, as alias/app')
  if (!text.startsWith('alias/')) misread(at, `\`${text}\` is not the name of an alias, as alias/app`)
  draft.by = text
}

/** What can decide about a key, as people call it. */
const layerNames: readonly (readonly [words: readonly string[], layer: Layer])[] = layers
  .filter((layer) => layer !== 'trust-policy')
  .map((layer) => [
    layer === 'cross-account' ? ['other', 'account'] : (layerWords.get(layer)?.name ?? layer).split(' '),
    layer,
  ])

function readBecause(cursor: Cursor, draft: Draft): void {
  const first = peek(cursor)
  if (first?.quoted) {
    cursor.next++
    draft.because = { sid: first.text }
    return
  }
  takes(cursor, 'the')
  const found = layerNames.find(([words]) => takes(cursor, ...words))
  if (found !== undefined) {
    draft.because = { layer: found[1] }
    return
  }
  const names = layerNames.map(([words]) => words.join(' ')).join(', ')
  misread(first?.at ?? cursor.length, `\`because\` is followed by a statement id in quotes, or ${names}`)
}

interface Cursor {
  readonly words: readonly Word[]
  next: number
  /** Where the line ends, which is where something is missing. */
  readonly length: number
}

class Misread extends Error {
  readonly at: number

  constructor(at: number, message: string) {
    super(message)
    this.at = at
  }
}

function misread(at: number, message: string): never {
  throw new Misread(at, message)
}

function peek({ words, next }: Cursor): Word | undefined {
  return words[next]
}

function take(cursor: Cursor, missing: string): Word {
  const word = peek(cursor)
  if (word === undefined || word.text === ',') return misread(word?.at ?? cursor.length, missing)
  cursor.next++
  return word
}

/** Takes these words if they are what follows. */
function takes(cursor: Cursor, ...wanted: readonly string[]): boolean {
  const follow = wanted.every((text, index) => {
    const word = cursor.words[cursor.next + index]
    return word !== undefined && !word.quoted && word.text === text
  })
  if (follow) cursor.next += wanted.length
  return follow
}

function takesEncryptionContext(cursor: Cursor): boolean {
  return takes(cursor, 'encryption', 'context')
}

/** Words with commas between them. */
function readList(cursor: Cursor, missing: string): Word[] {
  const list = [take(cursor, missing)]
  while (takes(cursor, ',')) list.push(take(cursor, missing))
  return list
}
