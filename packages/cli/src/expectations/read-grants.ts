import type { Grant, Principal } from '@claviger/policy'
import type { Node } from 'yaml'
import { optional, textAt, textsAt, textsByNameAt } from '../policy-cases/read-value.ts'
import { type Home, principalNamed } from './principal-name.ts'
import type { YamlFile } from './yaml-file.ts'

const known = [
  'grantee',
  'retiring',
  'operations',
  'encryption-context-equals',
  'encryption-context-subset',
  'source-arn',
]

/** Reads `grants`, all on the key and made in its account. */
export function readGrants(node: Node | null, yaml: YamlFile, home: Home): Grant[] {
  return yaml.items(node).flatMap((item, index) => readGrant(item, index, yaml, home) ?? [])
}

function readGrant(node: Node | null, index: number, yaml: YamlFile, home: Home): Grant | undefined {
  const members = yaml.members(node, 'a grant', known)
  const read = <T>(name: string, reader: Parameters<typeof yaml.read<T>>[2]): T | undefined =>
    members.has(name) ? yaml.read(members.get(name) ?? null, name, reader) : undefined
  const named = (name: string): Principal | undefined => {
    const written = read(name, textAt)
    if (written === undefined) return undefined
    const principal = principalNamed(written, home, { sessionName: '' })
    return principal ?? yaml.report(members.get(name) ?? null, `\`${written}\` is no principal, as role/app`)
  }
  const grantee = named('grantee')
  const operations = read('operations', textsAt)
  if (grantee === undefined || operations === undefined) {
    return yaml.report(node, 'a grant needs a `grantee` and a list of `operations`')
  }
  const constraints = {
    ...optional('encryptionContextEquals', read('encryption-context-equals', textsByNameAt)),
    ...optional('encryptionContextSubset', read('encryption-context-subset', textsByNameAt)),
    ...optional('sourceArn', read('source-arn', textAt)),
  }
  const { arn: granteePrincipal, service: granteeServicePrincipal } = grantNameOf(grantee)
  const retiring = named('retiring')
  const { arn: retiringPrincipal, service: retiringServicePrincipal } = retiring ? grantNameOf(retiring) : {}
  return {
    grantId: `grant-${index + 1}`,
    ...optional('granteePrincipal', granteePrincipal),
    ...optional('granteeServicePrincipal', granteeServicePrincipal),
    ...optional('retiringPrincipal', retiringPrincipal),
    ...optional('retiringServicePrincipal', retiringServicePrincipal),
    issuingAccount: home.account,
    operations,
    constraints,
  }
}

/** How a grant names a principal: a role as the role, whatever its sessions are called. */
function grantNameOf(principal: Principal): { readonly arn?: string; readonly service?: string } {
  if (principal.kind === 'service') return { service: principal.service }
  return { arn: principal.kind === 'assumed-role' ? principal.roleArn : principal.arn }
}
