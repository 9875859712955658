import type { Person, Serving, User } from './serving.ts'

/** An account of the organization, and its administrator: whoever has assumed the role it was made with. */
export interface MemberAccount {
  readonly id: string
  readonly rootArn: string
  readonly administrator: Person
  /** A new user of the account, with an identity policy that allows these actions on everything. */
  user(name: string, ...actions: string[]): Promise<User>
}

/** Has an account made, and assumes the role in it as a user of the management account. */
export async function memberAccount(house: Serving, name: string): Promise<MemberAccount> {
  const { organizations } = house.root
  const { CreateAccountStatus } = await organizations.createAccount({
    AccountName: name,
    Email: `${name}@example.com`,
  })
  house.clock.advance(2000)
  const { CreateAccountStatus: made } = await organizations.describeCreateAccountStatus({
    CreateAccountRequestId: String(CreateAccountStatus?.Id),
  })
  const id = String(made?.AccountId)
  const manager = await house.user(`manager-of-${name}`, 'sts:AssumeRole')
  const { Credentials, AssumedRoleUser } = await manager.sts.assumeRole({
    RoleArn: `arn:aws:iam::${id}:role/OrganizationAccountAccessRole`,
    RoleSessionName: 'administration',
  })
  const administrator = house.person(String(AssumedRoleUser?.Arn), {
    accessKeyId: String(Credentials?.AccessKeyId),
    secretAccessKey: String(Credentials?.SecretAccessKey),
    sessionToken: String(Credentials?.SessionToken),
  })
  return {
    id,
    rootArn: `arn:aws:iam::${id}:root`,
    administrator,
    user: (userName, ...actions) => userOf(administrator, { house, name: userName, actions }),
  }
}

async function userOf(
  { iam }: Person,
  { house, name, actions }: { house: Serving; name: string; actions: readonly string[] },
): Promise<User> {
  const { User } = await iam.createUser({ UserName: name })
  const statement = { Effect: 'Allow', Action: actions, Resource: '*' }
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
  if (actions.length > 0) await iam.putUserPolicy({ UserName: name, PolicyName: 'allowing', PolicyDocument })
  const { AccessKey } = await iam.createAccessKey({ UserName: name })
  const person = house.person(String(User?.Arn), {
    accessKeyId: String(AccessKey?.AccessKeyId),
    secretAccessKey: String(AccessKey?.SecretAccessKey),
  })
  return { ...person, name, userId: String(User?.UserId) }
}
