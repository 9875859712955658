import { type Line, line, nested, verbatim } from './line.ts'
import type { Step, Suggestion } from './remedy.ts'
import {
  nameOfLayer,
  nameOfOwner,
  nameOfPolicy,
  nameOfStatement,
  sentenceOfAddition,
  sentenceOfFact,
} from './words.ts'

/** A suggestion as a numbered list of one: whose job it is, and what to write. */
export function suggestionLines({ steps, opens }: Suggestion, index: number): Line[] {
  const others = opens === 0 ? [] : [line(`(also lets through ${opens} of the other requests tried)`)]
  const [first, ...rest] = steps.flatMap(stepLines)
  const numbered = first ? [{ ...first, text: `${index + 1}. ${first.text}` }] : []
  return [...numbered, ...nested([...rest, ...others])]
}

function stepLines(step: Step): Line[] {
  const owner = nameOfOwner(step.owner)
  switch (step.kind) {
    case 'add-statement': {
      const { policy, layer, level } = step
      const place = level === undefined ? '' : ` on level ${level + 1}`
      const target = policy
        ? `add to ${nameOfPolicy(policy)} the statement`
        : `add a new ${nameOfLayer(layer)}${place} with the statement`
      return [line(`${owner}: ${target}`), ...nested(documentLines(step.statement))]
    }
    case 'change-statement': {
      const verb = step.statement.Effect === 'Deny' ? 'make an exception from' : 'extend'
      return [
        line(`${owner}: ${verb} ${nameOfStatement(step.target)}`),
        ...nested(step.additions.map((addition) => line(sentenceOfAddition(addition)))),
      ]
    }
    case 'create-grant': {
      const { granteePrincipal, granteeServicePrincipal, operations, constraints } = step
      const grant = {
        ...(granteePrincipal !== undefined && { GranteePrincipal: granteePrincipal }),
        ...(granteeServicePrincipal !== undefined && { GranteeServicePrincipal: granteeServicePrincipal }),
        Operations: operations,
        ...(constraints && {
          Constraints: {
            ...(constraints.encryptionContextEquals && {
              EncryptionContextEquals: constraints.encryptionContextEquals,
            }),
            ...(constraints.encryptionContextSubset && {
              EncryptionContextSubset: constraints.encryptionContextSubset,
            }),
            ...(constraints.sourceArn !== undefined && { SourceArn: constraints.sourceArn }),
          },
        }),
      }
      return [line(`${owner}: create the grant`), ...nested(documentLines(grant))]
    }
    case 'change-request':
      return step.facts.map((fact) => line(`${owner}: ${sentenceOfFact(fact)}`))
  }
}

/** JSON with an entry on each line, short enough to be read and whole enough to be pasted. */
function documentLines(document: object): Line[] {
  const entries = Object.entries(document).map(([name, value]) => `  "${name}": ${spaced(value)}`)
  return verbatim(`{\n${entries.join(',\n')}\n}`)
}

function spaced(value: unknown): string {
  const text = JSON.stringify(value, null, 1)
  return text.replaceAll(/\n\s*/g, ' ')
}
