import type { AssumeRoleCommandInput, AssumeRoleCommandOutput } from '@aws-sdk/client-sts'
import type { Person, Serving } from './serving.ts'

/** Roles and sessions of them, as tests ask for them. */

type Asked = AssumeRoleCommandInput
type Given = Pick<AssumeRoleCommandOutput, 'AssumedRoleUser' | 'Credentials'>

/** A trust policy: whom it lets in, by which actions, and when. */
export function trusting(principal: object, condition?: object, action: unknown = 'sts:AssumeRole'): string {
  const statement = {
    Effect: 'Allow',
    Principal: principal,
    Action: action,
    ...(condition && { Condition: condition }),
  }
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
}

/** A new role with an identity policy that allows these actions on everything. */
export async function newRole(
  { iam }: Pick<Person, 'iam'>,
  name: string,
  trust: string,
  ...actions: string[]
): Promise<string> {
  const { Role } = await iam.createRole({ RoleName: name, AssumeRolePolicyDocument: trust })
  if (actions.length > 0) {
    await iam.putRolePolicy({ RoleName: name, PolicyName: 'allowing', PolicyDocument: allowing(...actions) })
  }
  return String(Role?.Arn)
}

/** An identity or session policy that allows actions on everything. */
export function allowing(...actions: string[]): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }],
  })
}

/** Whoever holds the credentials of an answer. */
export function holderOf(house: Serving, { AssumedRoleUser, Credentials }: Given): Person {
  return house.person(String(AssumedRoleUser?.Arn), {
    accessKeyId: String(Credentials?.AccessKeyId),
    secretAccessKey: String(Credentials?.SecretAccessKey),
    sessionToken: String(Credentials?.SessionToken),
  })
}

/** Assumes a role and is whoever that makes of the caller. */
export async function assume(
  house: Serving,
  { sts }: Pick<Person, 'sts'>,
  asked: Omit<Asked, 'RoleSessionName'> & { RoleSessionName?: string },
): Promise<Person> {
  return holderOf(house, await sts.assumeRole({ RoleSessionName: 'session', ...asked }))
}
