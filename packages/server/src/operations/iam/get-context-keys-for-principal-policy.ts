import type { IamOperations } from '../../protocol/models/iam.ts'
import { declaredIam, iamNeed } from '../iam-operation.ts'
import type { Operation, Subject } from '../operation.ts'
import { contextKeysIn } from './context-keys.ts'
import { readEntity } from './simulation/simulated-caller.ts'
import { findSource, requireSource, type Source, sourceOf } from './simulation/source.ts'

type Types = IamOperations['GetContextKeysForPrincipalPolicy']

/** Absent when there is nobody of that ARN, which only those may learn who may ask. */
interface Named extends Subject {
  readonly source: Source | undefined
}

const name = 'GetContextKeysForPrincipalPolicy'

export const getContextKeysForPrincipalPolicy: Operation<Types['input'], Types['output'], Named> = {
  ...declaredIam({
    name,
    summary: "Lists the condition keys that somebody's policies ask about: what a simulation should say.",
    check: ({ PolicySourceArn: arn }) => void readEntity(arn),
  }),
  async find({ PolicySourceArn: arn }, _call, { catalog }) {
    return { keys: [], source: await findSource(arn, catalog) }
  },
  needs: ({ PolicySourceArn: resource }) => [iamNeed(name, { resource })],
  require: ({ PolicySourceArn: arn }, { source }, call) => requireSource(arn, source, call),
  async handle({ input, subject: { source }, parts: { catalog } }) {
    const policies = source === undefined ? [] : (await sourceOf(source, [], catalog)).policies
    const texts = [...policies.map(({ text }) => text), ...(input.PolicyInputList ?? [])]
    return { ContextKeyNames: contextKeysIn(texts) }
  },
}
