import type { Answer } from './decision-case.ts'

/** Whether an answer is what was expected. Only what the expectation says is compared. */
export function isAsExpected(actual: Answer, expected: Answer): boolean {
  const values: Readonly<Record<string, unknown>> = { ...actual }
  return Object.entries(expected).every(([name, value]) => values[name] === value)
}

/** An answer on one line: `DENY explicit resource`. */
export function shownAnswer(answer: Answer): string {
  switch (answer.decision) {
    case 'ALLOW':
      return 'ALLOW'
    case 'DENY':
      return `DENY ${answer.kind} ${answer.policyType}`
    case 'ERROR':
      return ['ERROR', answer.error, answer.message].filter((word) => word !== undefined).join(' ')
  }
}
