import type { IamOperations } from '../../protocol/models/iam.ts'
import type { Operation, Subject } from '../operation.ts'
import { checkSimulation, readSimulation } from './simulation/read-simulation.ts'
import { resultsOf } from './simulation/results.ts'

type Types = IamOperations['SimulateCustomPolicy']

export const simulateCustomPolicy: Operation<Types['input'], Types['output'], Subject> = {
  service: 'iam',
  name: 'SimulateCustomPolicy',
  summary: 'Says what policies would allow, key policies included, without anybody having them.',
  defaults: {},
  check: checkSimulation,
  find: async () => ({ keys: [] }),
  needs: () => [{ action: 'iam:SimulateCustomPolicy', resource: '*', named: 'by-caller', facts: {} }],
  require: () => undefined,
  async handle({ input, call, parts: { catalog } }) {
    return resultsOf(await readSimulation(input, { call, catalog }), input)
  },
}
