import type { IamOperations } from '../../protocol/models/iam.ts'
import { iamNeed } from '../iam-operation.ts'
import type { Operation, Subject } from '../operation.ts'
import { checkSimulation, readSimulation } from './simulation/read-simulation.ts'
import { resultsOf } from './simulation/results.ts'
import { readEntity } from './simulation/simulated-caller.ts'
import { findSource, requireSource, type Source, sourceOf } from './simulation/source.ts'

type Types = IamOperations['SimulatePrincipalPolicy']
type Input = Types['input']

/** Absent when there is nobody of that ARN, which only those may learn who may simulate. */
interface Named extends Subject {
  readonly source: Source | undefined
}

export const simulatePrincipalPolicy: Operation<Input, Types['output'], Named> = {
  service: 'iam',
  name: 'SimulatePrincipalPolicy',
  summary: 'Says what the policies somebody has would allow, with more policies or fewer.',
  defaults: {},
  check(input) {
    readEntity(input.PolicySourceArn)
    checkSimulation(input)
  },
  async find({ PolicySourceArn: arn }, _call, { catalog }) {
    return { keys: [], source: await findSource(arn, catalog) }
  },
  needs: ({ PolicySourceArn: resource }) => [iamNeed('SimulatePrincipalPolicy', { resource })],
  require: ({ PolicySourceArn: arn }, { source }, call) => requireSource(arn, source, call),
  async handle({ input, subject: { source }, call, parts: { catalog } }) {
    const simulated =
      source === undefined ? undefined : await sourceOf(source, input.PolicyExclusionList ?? [], catalog)
    return resultsOf(
      await readSimulation(input, { call, catalog, ...(simulated && { source: simulated }) }),
      input,
    )
  },
}
