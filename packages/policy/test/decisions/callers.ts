import type { Principal } from '@claviger/policy'

/** The account that owns the key of all pages, and another one. */
export const home = '111122223333'
export const away = '444455556666'

export const key: string = `arn:aws:kms:us-east-1:${home}:key/1234abcd-12ab-34cd-56ef-1234567890ab`

function user(account: string, name: string): Principal {
  return {
    kind: 'user',
    arn: `arn:aws:iam::${account}:user/${name}`,
    account,
    uniqueId: `AIDA${name.toUpperCase()}EXAMPLE`,
    name,
  }
}

function session(account: string, path: string, role: string): Principal {
  return {
    kind: 'assumed-role',
    arn: `arn:aws:sts::${account}:assumed-role/${role}/s1`,
    roleArn: `arn:aws:iam::${account}:role/${path}${role}`,
    account,
    roleId: `AROA${(path + role).replaceAll(/\W/g, '').toUpperCase()}EXAMPLE`,
    sessionName: 's1',
    serviceLinked: path.startsWith('aws-service-role/'),
  }
}

/** Everyone who calls on the pages. */
const callers: ReadonlyMap<string, Principal> = new Map<string, Principal>([
  ['alice', user(home, 'alice')],
  ['bob', user(home, 'bob')],
  ['session', session(home, '', 'App')],
  ['path session', session(home, 'team/blue/', 'App')],
  ['linked session', session(home, 'aws-service-role/x.amazonaws.com/', 'AWSServiceRoleForX')],
  [
    'federated',
    {
      kind: 'federated-user',
      arn: `arn:aws:sts::${home}:federated-user/guest`,
      issuerArn: `arn:aws:iam::${home}:user/alice`,
      account: home,
    },
  ],
  [
    'federated by root',
    {
      kind: 'federated-user',
      arn: `arn:aws:sts::${home}:federated-user/guest`,
      issuerArn: `arn:aws:iam::${home}:root`,
      account: home,
    },
  ],
  ['root', { kind: 'root', arn: `arn:aws:iam::${home}:root`, account: home }],
  [
    'web identity',
    { kind: 'web-identity', arn: `arn:aws:iam::${home}:oidc-provider/idp.example.com`, account: home },
  ],
  ['away alice', user(away, 'alice')],
  ['away session', session(away, '', 'App')],
  ['away root', { kind: 'root', arn: `arn:aws:iam::${away}:root`, account: away }],
  ['s3', { kind: 'service', service: 's3.amazonaws.com' }],
  ['cloudtrail', { kind: 'service', service: 'cloudtrail.amazonaws.com' }],
  ['logs', { kind: 'service', service: 'logs.amazonaws.com', regionalName: 'logs.us-east-1.amazonaws.com' }],
])

export function findCaller(name: string): Principal {
  const caller = callers.get(name)
  if (caller === undefined) throw new Error(`nobody is called ${name}`)
  return caller
}
