import type { BlobShape, ListShape, MapShape, NumberShape, Shape, TextShape } from './models/model.ts'
import { compilePattern } from './patterns.ts'

/** One thing a model asks of a value, and the words AWS has for it when the value does not comply. */
export interface Constraint<Value> {
  readonly text: string
  readonly holds: (value: Value) => boolean
}

/** The words for a required member that is not there. */
export const notNull = 'Member must not be null'

/**
 * What is asked of each member of a list or map, as one text. AWS names the lengths first there, although it
 * reports a pattern first where a single value breaks both.
 */
export function summaryOf(constraints: readonly Constraint<never>[]): string {
  const texts = constraints.map(({ text }) => text)
  const isLength = (text: string) => text.startsWith('Member must have length')
  return `[${[...texts.filter(isLength), ...texts.filter((text) => !isLength(text))].join(', ')}]`
}

/** What a model asks of one value of this shape, in the order in which AWS names it. */
export function constraintsOf(shape: Shape): readonly Constraint<never>[] {
  switch (shape.type) {
    case 'string':
      return textConstraints(shape)
    case 'integer':
      return numberConstraints(shape)
    case 'blob':
    case 'list':
      return lengthConstraints<{ readonly length: number }>(shape, (value) => value.length)
    case 'map':
      return lengthConstraints<object>(shape, (value) => Object.keys(value).length)
    case 'boolean':
    case 'timestamp':
    case 'structure':
      return []
  }
}

function textConstraints(shape: TextShape): readonly Constraint<string>[] {
  const { enum: values, pattern } = shape
  const constraints: Constraint<string>[] = []
  if (pattern !== undefined) {
    const compiled = compilePattern(pattern)
    constraints.push({
      text: `Member must satisfy regular expression pattern: ${pattern}`,
      holds: (value) => compiled.test(value),
    })
  }
  constraints.push(...lengthConstraints<string>(shape, (value) => value.length))
  if (values !== undefined) {
    const known = new Set(values)
    constraints.push({
      text: `Member must satisfy enum value set: [${values.join(', ')}]`,
      holds: (value) => known.has(value),
    })
  }
  return constraints
}

function numberConstraints({ min, max }: NumberShape): readonly Constraint<number>[] {
  const constraints: Constraint<number>[] = []
  if (max !== undefined)
    constraints.push({
      text: `Member must have value less than or equal to ${max}`,
      holds: (value) => value <= max,
    })
  if (min !== undefined)
    constraints.push({
      text: `Member must have value greater than or equal to ${min}`,
      holds: (value) => value >= min,
    })
  return constraints
}

function lengthConstraints<Value>(
  { min = 0, max }: BlobShape | ListShape | MapShape | TextShape,
  lengthOf: (value: Value) => number,
): readonly Constraint<Value>[] {
  const constraints: Constraint<Value>[] = []
  if (max !== undefined)
    constraints.push({
      text: `Member must have length less than or equal to ${max}`,
      holds: (value) => lengthOf(value) <= max,
    })
  if (min > 0)
    constraints.push({
      text: `Member must have length greater than or equal to ${min}`,
      holds: (value) => lengthOf(value) >= min,
    })
  return constraints
}
