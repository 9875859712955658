import { Refusal } from './errors.ts'
import type { Violation } from './shape.ts'

/** How the words of a constraint begin; the reason and the words that Organizations has for breaking it. */
const rows: readonly (readonly [beginning: string, reason: string, text: string])[] = [
  ['Member must not be null', 'INPUT_REQUIRED', 'You must include a value for all required parameters.'],
  ['Member must satisfy enum value set', 'INVALID_ENUM', 'You specified an invalid value.'],
  [
    'Member must have length greater',
    'MIN_LENGTH_EXCEEDED',
    'You provided a string parameter that is shorter than allowed.',
  ],
  [
    'Member must have length less',
    'MAX_LENGTH_EXCEEDED',
    'You provided a string parameter that is longer than allowed.',
  ],
  [
    'Member must have value greater',
    'MIN_VALUE_EXCEEDED',
    'You provided a numeric parameter that has a smaller value than allowed.',
  ],
  [
    'Member must have value less',
    'MAX_VALUE_EXCEEDED',
    'You provided a numeric parameter that has a larger value than allowed.',
  ],
]

const patternText = 'You provided a value that does not match the required pattern.'

/** What Organizations says where other services have a ValidationException: of all that is wrong, the first. */
export function invalidInput([first]: readonly Violation[]): Refusal {
  const row = rows.find(([beginning]) => first?.text.startsWith(beginning))
  const [, reason, text] = row ?? ['', 'INVALID_PATTERN', patternText]
  return new Refusal('InvalidInputException', text, { reason })
}
