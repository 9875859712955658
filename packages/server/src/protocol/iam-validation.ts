import type { ServiceModel } from './models/model.ts'
import { type Violation, validationText, violationSentence } from './shape.ts'

/** What IAM says instead of repeating a regular expression, by the name of the shape that has the pattern. */
const names = 'alphanumeric characters and/or the following: +=,.@_-'
const patternSentences: Readonly<Record<string, string>> = {
  userNameType: `It must contain only ${names}`,
  existingUserNameType: `It must contain only ${names}`,
  groupNameType: `It must contain only ${names}`,
  roleNameType: `It must contain only ${names}`,
  instanceProfileNameType: `It must contain only ${names}`,
  policyNameType: `It must contain only ${names}`,
  accessKeyIdType: 'It must contain only alphanumeric characters.',
  pathType: 'It must begin and end with / and contain only alphanumeric characters and/or / characters.',
  policyPathType:
    'It must begin and end with / and contain only alphanumeric characters and/or / characters.',
  pathPrefixType:
    'It must begin with the / character and contain only alphanumeric characters and/or / characters.',
  policyDocumentType: 'It must contain only printable ASCII characters.',
}

/**
 * The message of a ValidationError. STS words violations like every service; IAM has sentences of its own for
 * some patterns, and repeats a value only where that is a number or one of a list.
 */
export function queryValidation(
  { service }: Pick<ServiceModel<unknown>, 'service'>,
  violations: readonly Violation[],
): string {
  if (service !== 'iam') return validationText(violations.map(violationSentence))
  const plain = violations.filter((violation) => patternSentence(violation) === undefined)
  const sentences = plain.map((violation) =>
    violationSentence(isRepeated(violation) ? violation : hidden(violation)),
  )
  if (sentences.length > 0) return validationText(sentences)
  return violations.map(patternSentence).find((sentence) => sentence !== undefined) ?? ''
}

function patternSentence({ text, path, shape }: Violation): string | undefined {
  const sentence = patternSentences[shape]
  if (sentence === undefined || !text.startsWith('Member must satisfy regular expression pattern'))
    return undefined
  return `The specified value for ${path} is invalid. ${sentence}`
}

const isRepeated = ({ text }: Violation) => /enum value set|must have value/.test(text)
const hidden = (violation: Violation): Violation => ({ ...violation, shown: undefined })
