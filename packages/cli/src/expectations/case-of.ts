import type { DecisionCase } from '../policy-cases/decision-case.ts'
import { optional } from '../policy-cases/read-value.ts'
import type { Expectation, ExpectationFile, GivenKeys } from './expectation-file.ts'

/** The decision case that an expectation asks about. */
export function caseOf(expectation: Expectation, file: ExpectationFile): DecisionCase {
  const { sentence, caller } = expectation
  const [, , , region = '', account = ''] = file.keyArn.split(':')
  const { principal } = caller
  const isLocal = principal.kind !== 'service' && principal.account === account
  const organization = caller.serviceControlPolicies ?? (isLocal ? file.serviceControlPolicies : undefined)
  return {
    id: expectation.line,
    principal,
    action: `kms:${sentence.operation}`,
    resource: file.keyArn,
    keyPolicy: file.keyPolicy,
    identityPolicies: caller.identityPolicies,
    ...optional('boundary', caller.boundary),
    // A federated user without session policies is told from one about whom nothing is said only in cases.
    ...optional(
      'sessionPolicies',
      caller.sessionPolicies ?? (principal.kind === 'federated-user' ? [] : undefined),
    ),
    ...optional('serviceControlPolicies', organization),
    ...optional('resourceControlPolicies', file.resourceControlPolicies),
    ...optional('endpointPolicy', sentence.throughEndpoint ? file.endpointPolicy : undefined),
    grants: file.grants,
    conditionKeys: conditionKeysOf(expectation, file.conditionKeys, region),
    conditionKeysComplete: false,
    encryptionContext: encryptionContextOf(expectation, file.encryptionContext),
    request: requestOf(expectation),
    callerIsManagementAccount: false,
  }
}

/** KMS answers over TLS alone, so that much is known of every connection. */
const usualKeys: GivenKeys = new Map([['aws:securetransport', 'true']])

function conditionKeysOf(
  { sentence, conditionKeys }: Expectation,
  ofFile: GivenKeys,
  region: string,
): GivenKeys {
  const keys = new Map([...usualKeys, ...ofFile])
  for (const name of sentence.absentKeys) keys.delete(name.toLowerCase())
  if (sentence.via !== undefined) {
    const { via } = sentence
    keys.set('kms:viaservice', via.includes('.') ? via : `${via}.${region}.amazonaws.com`)
  }
  for (const [name, value] of sentence.conditionKeys) keys.set(name.toLowerCase(), value)
  for (const [name, value] of conditionKeys) keys.set(name, value)
  return keys
}

function encryptionContextOf(
  { sentence: { leftOut, encryptionContext } }: Expectation,
  usual: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const pairs: Record<string, string> = Object.create(null)
  if (leftOut !== 'all')
    for (const [name, value] of Object.entries(usual)) if (!leftOut.has(name)) pairs[name] = value
  for (const [name, value] of encryptionContext) pairs[name] = value
  return pairs
}

function requestOf({ request, sentence: { by } }: Expectation): DecisionCase['request'] {
  return by === undefined ? request : { ...request, members: { ...request.members, KeyId: by } }
}
