import { type Authorization, authorize, authorizeRetirement } from '@claviger/policy'
import type { AccessQuestion } from './question.ts'

/** Asks everyone who has a say whether the caller may do one thing. The only way to an answer: there is no bypass. */
export function decide({ authority, request, retiring }: AccessQuestion): Authorization {
  return retiring === undefined
    ? authorize(authority, request)
    : authorizeRetirement(authority, request, retiring)
}
