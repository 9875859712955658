import { deniedRole } from '../../access/denial.ts'
import type { Call } from '../../call/call.ts'
import { rootArn } from '../../identity/account.ts'
import type { Organization } from '../../identity/organization.ts'
import { accountOfRoot, featureOfTask, type RootFeature, taskLimits } from '../../identity/root-task.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { Operation, Subject } from '../operation.ts'
import { issueSession } from './issue-session.ts'
import { declaredSts, type StsInput, type StsOutput } from './sts-operation.ts'

type Input = StsInput<'AssumeRoot'>

/** The account whose root user it is, and whether sessions for the task can be had there. */
interface Assuming extends Subject {
  readonly target: string
  readonly isOpen: boolean
}

export const assumeRoot: Operation<Input, StsOutput<'AssumeRoot'>, Assuming> = {
  ...declaredSts({
    name: 'AssumeRoot',
    summary:
      'Gives the management account a quarter of an hour as the root user of a member account, for one task.',
    defaults: { DurationSeconds: 900 },
  }),
  check: (input) => {
    targetOf(input)
    taskOf(input)
  },
  async find(input, call, { catalog }) {
    const target = targetOf(input)
    const organization = (await catalog.organizations.organization())?.value
    const place = await catalog.organizations.place(target)
    const isThere = place !== undefined && !place.isClosed && !place.isManagementAccount
    const mayBe = organization !== undefined && isFor(call, taskOf(input).feature, organization)
    return { keys: [], target, isOpen: isThere && mayBe }
  },
  needs: (input, { target }) => [
    {
      action: 'sts:AssumeRoot',
      resource: rootArn(target),
      named: 'to-assume',
      facts: {
        taskPolicyArn: taskOf(input).arn,
        ...(input.DurationSeconds !== undefined && { durationSeconds: input.DurationSeconds }),
      },
    },
  ],
  require(_input, { target, isOpen }, call) {
    if (!isOpen) throw deniedRole(call, 'sts:AssumeRoot', rootArn(target))
  },
  async handle({ input, subject: { target }, call, parts }) {
    const sourceIdentity = call.caller.session?.sourceIdentity
    const { Credentials } = issueSession(
      {
        account: target,
        source: { kind: 'root' },
        seconds: input.DurationSeconds ?? 900,
        policies: taskLimits(taskOf(input).arn),
        tags: [],
        transitiveTagKeys: [],
        ...(sourceIdentity !== undefined && { sourceIdentity }),
      },
      call.now,
      parts,
    )
    return { Credentials, ...(sourceIdentity !== undefined && { SourceIdentity: sourceIdentity }) }
  },
}

function targetOf({ TargetPrincipal: written }: Input): string {
  const account = accountOfRoot(written)
  if (account !== undefined) return account
  throw new Refusal(
    'ValidationException',
    'TargetPrincipal is neither an account nor the ARN of its root user.',
  )
}

function taskOf({ TaskPolicyArn: { arn = '' } }: Input): {
  readonly arn: string
  readonly feature: RootFeature
} {
  const feature = featureOfTask(arn)
  if (feature !== undefined) return { arn, feature }
  throw new Refusal('ValidationException', `Policy ${arn} is not the policy of a root task.`)
}

/** Users and roles of the management account, but not its own root user, once it has switched on what the task needs. */
function isFor(
  { caller }: Call,
  feature: RootFeature,
  { managementAccount, rootFeatures }: Organization,
): boolean {
  const { principal, account } = caller
  return (
    account === managementAccount && principal.kind !== 'root' && rootFeatures?.includes(feature) === true
  )
}
