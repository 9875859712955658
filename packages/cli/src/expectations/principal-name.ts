import type { Principal } from '@claviger/policy'

/** What a name alone does not say. */
export interface PrincipalDetails {
  /** Of a role's session. */
  readonly sessionName: string
  /** Of a federated user: the user whose credentials asked for the token. */
  readonly issuer?: string
}

/** The account and partition that names without an account belong to. */
export interface Home {
  readonly partition: string
  readonly account: string
}

const withAccount = /^(\d{12}):(.+)$/
const service = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/

/**
 * The principal behind a name: `user/alice`, `role/app`, `federated-user/bob`, `root`, each in the key's account
 * unless one stands before it (`444455556666:role/app`); or a service, `cloudtrail.amazonaws.com`. Undefined for
 * what is none of them.
 */
export function principalNamed(name: string, home: Home, details: PrincipalDetails): Principal | undefined {
  if (service.test(name)) return { kind: 'service', service: name }
  const [, account = home.account, local = name] = withAccount.exec(name) ?? []
  const arn = (place: string, resource: string) => `arn:${home.partition}:${place}::${account}:${resource}`
  if (local === 'root') return { kind: 'root', arn: arn('iam', 'root'), account }
  const [, kind, path = ''] = /^(user|role|federated-user)\/(.+)$/.exec(local) ?? []
  const last = path.slice(path.lastIndexOf('/') + 1)
  if (last === '') return undefined
  switch (kind) {
    case 'user':
      return { kind: 'user', arn: arn('iam', local), account, name: last }
    case 'role':
      return {
        kind: 'assumed-role',
        arn: arn('sts', `assumed-role/${last}/${details.sessionName}`),
        roleArn: arn('iam', local),
        account,
        sessionName: details.sessionName,
        serviceLinked: path.startsWith('aws-service-role/'),
      }
    case 'federated-user':
      return {
        kind: 'federated-user',
        arn: arn('sts', local),
        issuerArn: arn('iam', details.issuer ?? 'root'),
        account,
      }
    default:
      return undefined
  }
}

/** Whether a name needs no declaration: a root user and a service have no policies of their own. */
export function isKnownByName(name: string): boolean {
  return service.test(name) || /^(\d{12}:)?root$/.test(name)
}
