import type { Principal } from '@claviger/policy'
import { fail, flagAt, type Located, optional, optionalAt, requiredAt, textAt } from './read-value.ts'

const account = /^\d{12}$/

/** Reads the caller of a case. */
export function readPrincipal(located: Located): Principal {
  const text = (name: string) => requiredAt(located, name, textAt)
  const type = text('type')
  const uniqueId = optionalAt(located, 'uniqueId', textAt)
  switch (type) {
    case 'IAMUser': {
      const arn = text('arn')
      return { kind: 'user', arn, ...owner(located), name: lastPart(arn), ...optional('uniqueId', uniqueId) }
    }
    case 'AssumedRole':
      return {
        kind: 'assumed-role',
        arn: text('arn'),
        roleArn: text('roleArn'),
        ...owner(located),
        serviceLinked: optionalAt(located, 'serviceLinked', flagAt) ?? false,
        sessionName: lastPart(text('arn')),
        ...optional('roleId', uniqueId),
      }
    case 'FederatedUser':
      return {
        kind: 'federated-user',
        arn: text('arn'),
        issuerArn: text('issuerArn'),
        ...owner(located),
        ...optional('issuerUniqueId', uniqueId),
      }
    case 'Root':
      return { kind: 'root', arn: text('arn'), ...owner(located) }
    case 'AWSService':
      return { kind: 'service', service: text('service') }
    default:
      return fail(
        `${located.path}.type`,
        `is \`${type}\`, which is not one of IAMUser, AssumedRole, FederatedUser, Root, AWSService`,
      )
  }
}

/** The account as the case says it, else as the ARN does. */
function owner(located: Located): { account: string } {
  const written =
    optionalAt(located, 'account', textAt) ?? requiredAt(located, 'arn', textAt).split(':')[4] ?? ''
  return account.test(written)
    ? { account: written }
    : fail(`${located.path}.account`, `is \`${written}\`, which is not an account id of 12 digits`)
}

function lastPart(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1)
}
