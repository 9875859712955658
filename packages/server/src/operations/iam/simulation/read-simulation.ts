import type { Call } from '../../../call/call.ts'
import type { Catalog } from '../../../catalog/catalog.ts'
import { Refusal } from '../../../protocol/errors.ts'
import type { SimulateCustomPolicyRequest } from '../../../protocol/models/iam.ts'
import { readPolicies } from './read-policies.ts'
import { namedCaller, type SimulatedCaller, unnamedCaller } from './simulated-caller.ts'
import { simulatedKeys } from './simulated-keys.ts'
import type { Simulation } from './simulation.ts'
import type { SimulatedSource } from './source.ts'

/** What both operations take; `ResourceHandlingOption` is about EC2 and means nothing here. */
type Input = Omit<SimulateCustomPolicyRequest, 'PolicyInputList'> & {
  readonly PolicyInputList?: readonly string[]
}

const actionPattern = /^[a-z0-9-]+:[a-z0-9]+$/i

/** Rules that need nothing but the request. @throws Refusal `InvalidInputException` */
export function checkSimulation({ ActionNames, ResourceArns = [], ResourcePolicy, ...input }: Input): void {
  for (const action of ActionNames) {
    if (!actionPattern.test(action)) throw invalid(`Invalid Action Name: ${action}`)
    // Of what is served here only keys have policies of their own that this could be.
    if (ResourcePolicy !== undefined && !action.toLowerCase().startsWith('kms:')) {
      throw invalid(
        `Invalid Input Actions: ResourcePolicy is a key policy, which has no say about ${action}.`,
      )
    }
  }
  const stranger = ResourceArns.find((arn) => arn !== '*' && arn.split(':').length < 6)
  if (stranger !== undefined) throw invalid(`Invalid Resource Arn: ${stranger}`)
  if (input.ResourceOwner !== undefined) readOwner(input.ResourceOwner)
  readPolicies({ ...input, ...(ResourcePolicy !== undefined && { ResourcePolicy }) })
}

/** A simulation as asked for, with the policies that somebody already has. @throws Refusal `InvalidInputException` */
export async function readSimulation(
  input: Input,
  {
    call,
    catalog,
    source,
  }: { readonly call: Call; readonly catalog: Catalog; readonly source?: SimulatedSource },
): Promise<Simulation> {
  const { CallerArn = source?.arn, ContextEntries = [], ResourceArns = [], ResourceOwner } = input
  const caller =
    CallerArn === undefined ? unnamedCaller(call.caller.account) : await namedCaller(CallerArn, catalog)
  const { identityPolicies, boundary, resourcePolicy, serviceControlPolicies } = readPolicies(input)
  if (resourcePolicy !== undefined) requireNamed(caller)
  return {
    caller: caller.principal,
    callerAccount: caller.account,
    identityPolicies: [...(source?.policies ?? []), ...identityPolicies],
    // One that is passed stands in the place of the source's own.
    boundary: boundary ?? source?.boundary,
    // Those that are passed stand in the place of the account's own.
    serviceControlPolicies: serviceControlPolicies ?? source?.serviceControlPolicies,
    resourcePolicy,
    resourceOwner: ResourceOwner === undefined ? caller.account : readOwner(ResourceOwner),
    actions: input.ActionNames,
    resources: ResourceArns.length === 0 ? ['*'] : ResourceArns,
    conditionKeys: simulatedKeys(ContextEntries, caller, call),
  }
}

/** A key policy speaks of somebody. */
function requireNamed({ named }: SimulatedCaller): void {
  if (!named) throw invalid('Invalid caller - Caller must be an IAM user in this context.')
}

function readOwner(arn: string): string {
  const [, account] = /^arn:aws[a-z-]*:iam::(\d{12}):root$/.exec(arn) ?? []
  if (account === undefined) throw invalid(`Invalid Resource Owner: ${arn} is not the ARN of an account.`)
  return account
}

function invalid(message: string): Refusal {
  return new Refusal('InvalidInputException', message)
}
