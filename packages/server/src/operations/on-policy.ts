import type { RequestFacts } from '../call/facts.ts'
import { managedPolicy } from '../catalog/held-policies.ts'
import { awsAccount, type ManagedPolicy, parsePolicyArn } from '../identity/managed-policy.ts'
import { Refusal } from '../protocol/errors.ts'
import type { Stored } from '../storage/store.ts'
import {
  declaredIam,
  type IamDeclaration,
  type IamInput,
  type IamName,
  type IamOutput,
  iamNeed,
} from './iam-operation.ts'
import type { Operation, Subject } from './operation.ts'

/** The managed policy an IAM operation works on. */
export interface PolicySubject extends Subject {
  readonly arn: string
  readonly policy: Stored<ManagedPolicy>
}

/** The policy that was named, there or not. */
export interface NamedPolicySubject extends Subject {
  readonly arn: string
  readonly policy: Stored<ManagedPolicy> | undefined
}

interface OnPolicy<N extends IamName> extends IamDeclaration<N, PolicySubject> {
  readonly facts?: (input: IamInput<N>) => RequestFacts
  /** Whether it changes the policy, which nobody can do to one that AWS manages. */
  readonly changesPolicy?: true
}

/** An IAM operation on the managed policy that its `PolicyArn` names. */
export function onPolicy<N extends IamName>(
  operation: OnPolicy<N> & (IamInput<N> extends { PolicyArn: string } ? unknown : never),
): Operation<IamInput<N>, IamOutput<N>, NamedPolicySubject> {
  const arnIn = (input: IamInput<N>) => (input as { PolicyArn: string }).PolicyArn
  return {
    ...declaredIam(operation),
    check(input) {
      requirePolicyArn(arnIn(input))
      operation.check?.(input)
    },
    async find(input, call, { catalog }) {
      const arn = arnIn(input)
      return { keys: [], arn, policy: await managedPolicy(arn, call.caller.account, catalog.store) }
    },
    needs: (input, { arn, policy }) => [
      iamNeed(operation.name, {
        resource: arn,
        shownAs: `policy ${arn}`,
        facts: { ...(policy && { resourceTags: policy.value.tags }), ...operation.facts?.(input) },
      }),
    ],
    require(_input, { arn, policy }, call) {
      requirePolicy(arn, policy)
      if (operation.changesPolicy && policy?.value.account === awsAccount) {
        const { principal } = call.caller
        const caller = principal.kind === 'service' ? principal.service : principal.arn
        throw new Refusal(
          'AccessDeniedException',
          `User: ${caller} is not authorized to perform: iam:${operation.name} on resource: policy ${arn}`,
        )
      }
    },
    handle: (handling) => {
      const { arn, policy } = handling.subject
      return operation.handle({
        ...handling,
        subject: { keys: [], arn, policy: requirePolicy(arn, policy) },
      })
    },
  }
}

/** @throws Refusal `ValidationException` for what is no ARN of a policy */
export function requirePolicyArn(arn: string): void {
  if (parsePolicyArn(arn) === undefined) {
    throw new Refusal('ValidationException', 'Invalid ARN:  Could not be parsed!')
  }
}

function requirePolicy(arn: string, policy: Stored<ManagedPolicy> | undefined): Stored<ManagedPolicy> {
  if (policy !== undefined) return policy
  throw new Refusal('NoSuchEntityException', `Policy ${arn} was not found.`)
}
