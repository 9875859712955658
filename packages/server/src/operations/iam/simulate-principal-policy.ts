import { matchesWildcard, wildcard } from '@claviger/policy'
import type { Call } from '../../call/call.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import type { User } from '../../identity/user.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { IamOperations, PolicyIdentifier } from '../../protocol/models/iam.ts'
import type { Operation, Subject } from '../operation.ts'
import { checkSimulation, readSimulation } from './simulation/read-simulation.ts'
import { resultsOf } from './simulation/results.ts'
import { readEntity } from './simulation/simulated-caller.ts'
import type { SourcedPolicy } from './simulation/simulation.ts'

type Types = IamOperations['SimulatePrincipalPolicy']
type Input = Types['input']

/** Absent when there is nobody of that ARN, which only those may learn who may simulate. */
interface Source extends Subject {
  readonly user: User | undefined
}

export const simulatePrincipalPolicy: Operation<Input, Types['output'], Source> = {
  service: 'iam',
  name: 'SimulatePrincipalPolicy',
  summary: 'Says what the policies somebody has would allow, with more policies or fewer.',
  defaults: {},
  check(input) {
    readEntity(input.PolicySourceArn)
    checkSimulation(input)
  },
  async find({ PolicySourceArn: arn }, _call, { catalog }) {
    return { keys: [], user: await catalog.principals.userByArn(arn) }
  },
  needs: ({ PolicySourceArn: resource }) => [
    { action: 'iam:SimulatePrincipalPolicy', resource, named: 'by-caller', facts: {} },
  ],
  require: requireSource,
  async handle({ input, subject: { user }, call, parts: { catalog } }) {
    const policies =
      user === undefined ? [] : await policiesOf(user, input.PolicyExclusionList ?? [], catalog)
    const source = { arn: input.PolicySourceArn, policies }
    return resultsOf(await readSimulation(input, { call, catalog, source }), input)
  },
}

function requireSource({ PolicySourceArn: arn }: Input, { user }: Source, { caller }: Call): void {
  const { kind, account, name } = readEntity(arn)
  if (account !== caller.account) {
    throw new Refusal(
      'InvalidInputException',
      `Invalid Policy Source Arn: caller's account ${caller.account} does not have access to policies in account ${account}`,
    )
  }
  if (user !== undefined) return
  throw new Refusal('NoSuchEntityException', `The ${kind} with name ${name} cannot be found.`)
}

/** A user's inline policies under the names that IAM gives them in simulations. */
async function policiesOf(
  user: User,
  exclusions: readonly PolicyIdentifier[],
  catalog: Catalog,
): Promise<SourcedPolicy[]> {
  const policies = await catalog.principals.identityPolicies(user)
  return policies
    .filter(({ name }) => !exclusions.some((one) => excludes(one, user, name)))
    .map((policy) => ({
      ...policy,
      text: catalog.policies.textOf(policy.form),
      name: `user_${user.name}_${policy.name}`,
    }))
}

/** Identifiers of policies that are not attached are ignored, so those of other kinds than inline are. */
function excludes(identifier: PolicyIdentifier, user: User, policyName: string): boolean {
  const { PolicyType: type, InlinePolicyIdentifier: inline } = identifier
  if (type === 'inline') return true
  if (inline === undefined || inline.PolicyName !== policyName || inline.AttachmentType !== 'user')
    return false
  return matchesWildcard(wildcard(inline.AttachmentName), user.name)
}
