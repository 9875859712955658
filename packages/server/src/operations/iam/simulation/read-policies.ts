import {
  compilePolicy,
  malformedKeyPolicyMessage,
  malformedPolicyMessage,
  type NamedPolicy,
  type PolicyKind,
  parsePolicy,
} from '@claviger/policy'
import { Refusal } from '../../../protocol/errors.ts'
import type { SourcedPolicy } from './simulation.ts'

interface Inputs {
  readonly PolicyInputList?: readonly string[]
  readonly PermissionsBoundaryPolicyInputList?: readonly string[]
  readonly OrderedOrganizationPolicyInputList?: readonly {
    readonly ServiceControlPolicyInputList?: readonly string[]
  }[]
  readonly ResourcePolicy?: string
}

/** The policies that a request brings along, under the names IAM gives them. @throws Refusal `InvalidInputException` */
export function readPolicies(input: Inputs) {
  const { PermissionsBoundaryPolicyInputList: boundaries = [], ResourcePolicy: resourcePolicy } = input
  if (boundaries.length > 1) {
    throw new Refusal('InvalidInputException', 'Only one permissions boundary can be simulated.')
  }
  const [boundary] = listed('PermissionsBoundaryPolicyInputList', boundaries, 'permissions-boundary')
  return {
    identityPolicies: listed('PolicyInputList', input.PolicyInputList ?? [], 'identity-policy'),
    boundary,
    resourcePolicy:
      resourcePolicy === undefined ? undefined : sourced('ResourcePolicy', resourcePolicy, 'key-policy'),
    serviceControlPolicies: levels(input),
  }
}

function levels({ OrderedOrganizationPolicyInputList: given }: Inputs): NamedPolicy[][] | undefined {
  if (given === undefined || given.length === 0) return undefined
  return given.map(({ ServiceControlPolicyInputList: texts = [] }, level) =>
    listed(`OrderedOrganizationPolicyInputList.${level + 1}`, texts, 'service-control-policy'),
  )
}

function listed(name: string, texts: readonly string[], kind: PolicyKind): SourcedPolicy[] {
  return texts.map((text, index) => sourced(`${name}.${index + 1}`, text, kind))
}

/** A policy ready to be asked, or the refusal that names it and says what is wrong with it. */
function sourced(name: string, text: string, kind: PolicyKind): SourcedPolicy {
  const parsed = parsePolicy(text, kind)
  if (parsed.ok) return { name, text, form: compilePolicy(parsed.policy) }
  const words = kind === 'key-policy' ? malformedKeyPolicyMessage : malformedPolicyMessage
  throw new Refusal('InvalidInputException', `Invalid Input ${name}: ${words(parsed.problems)}`)
}
