import {
  preparsePolicySet,
  type StatefulAuthorizationCall,
  statefulIsAuthorized,
} from '@cedar-policy/cedar-wasm/nodejs'
import type { Decision } from '@claviger/policy'
import {
  account,
  type DecisionCase,
  key,
  rolesOfLongPolicy,
  strangerAccount,
  user,
} from '../packages/policy/bench/decisions.ts'

/**
 * The same policies in Cedar, for a figure from outside. Where Cedar has two ways to say a thing, the one that is
 * quicker there: policies are parsed beforehand, and the only entity is the caller, which every call must bring.
 */

/** Cedar has no delegation, so that the account's policies count is said inside the policy of the account. */
const permission = `permit (
  principal == User::"${user.arn}",
  action in [Action::"kms:Decrypt", Action::"kms:Encrypt"],
  resource == Key::"${key}"
) when { principal in Account::"${account}" };`

const roles = rolesOfLongPolicy.map(
  (role) => `permit (
  principal == Role::"${role}",
  action in [${decryptAndDataKeys()}],
  resource == Key::"${key}"
);`,
)

const denial = `forbid (principal, action == Action::"kms:Decrypt", resource == Key::"${key}")
unless { context has viaService && context.viaService == "s3.us-east-1.amazonaws.com" };`

/** Under the names of our own cases, with which they are paired. */
export function cedarDecisionCases(): readonly DecisionCase[] {
  return [
    decisionCase('default key policy and one identity policy', 'Allow', [permission]),
    decisionCase('key policy of 50 statements', 'Allow', [...roles, permission]),
    decisionCase('a deny with a condition', 'ExplicitDeny', [permission, denial]),
    decisionCase('a stranger refused', 'ImplicitDeny', [permission], strangerAccount),
  ]
}

function decisionCase(
  name: string,
  wanted: Decision,
  policies: readonly string[],
  callerAccount: string = account,
): DecisionCase {
  const parsed = preparsePolicySet(name, { staticPolicies: policies.join('\n') })
  if (parsed.type === 'failure') throw new Error(JSON.stringify(parsed.errors))
  const call: StatefulAuthorizationCall = {
    principal: { type: 'User', id: user.arn },
    action: { type: 'Action', id: 'kms:Decrypt' },
    resource: { type: 'Key', id: key },
    context: {},
    preparsedPolicySetId: name,
    entities: [
      { uid: { type: 'User', id: user.arn }, attrs: {}, parents: [{ type: 'Account', id: callerAccount }] },
    ],
  }
  return { name, wanted, decide: () => decide(call) }
}

/** A deny for which Cedar gives a reason is one that a policy states; no reason means that nothing permitted. */
function decide(call: StatefulAuthorizationCall): Decision {
  const answer = statefulIsAuthorized(call)
  if (answer.type === 'failure') throw new Error(JSON.stringify(answer.errors))
  const { decision, diagnostics } = answer.response
  // A policy that fails is left out of Cedar's decision without a word, and would be a policy less to evaluate.
  if (diagnostics.errors.length > 0) throw new Error(JSON.stringify(diagnostics.errors))
  if (decision === 'allow') return 'Allow'
  return diagnostics.reason.length > 0 ? 'ExplicitDeny' : 'ImplicitDeny'
}

/** Cedar has no wildcard in actions, so a `*` is written out. */
function decryptAndDataKeys(): string {
  const dataKeys = ['', 'WithoutPlaintext', 'Pair', 'PairWithoutPlaintext'].map(
    (end) => `GenerateDataKey${end}`,
  )
  return ['Decrypt', ...dataKeys].map((operation) => `Action::"kms:${operation}"`).join(', ')
}
