import type { Node } from 'yaml'
import type { Io } from '../command.ts'
import { optional, textAt } from '../policy-cases/read-value.ts'
import type { NamedPrincipal } from './expectation-file.ts'
import { type Home, principalNamed } from './principal-name.ts'
import { readLevels, readPolicies, readPolicy } from './read-policies.ts'
import type { YamlFile } from './yaml-file.ts'

interface Surroundings {
  readonly yaml: YamlFile
  readonly io: Io
  readonly home: Home
}

const known = [
  'identity-policies',
  'boundary',
  'session-policies',
  'session-name',
  'issuer',
  'service-control-policies',
]

/** What a role's session is called where nobody says. */
const usualSessionName = 'session'

/** Reads `principals`: names, and what is attached to each. */
export async function readPrincipals(
  node: Node | null,
  surroundings: Surroundings,
): Promise<ReadonlyMap<string, NamedPrincipal>> {
  const principals = new Map<string, NamedPrincipal>()
  for (const [name, details] of surroundings.yaml.members(node, 'principals')) {
    const principal = await readPrincipal(name, details, surroundings)
    if (principal !== undefined) principals.set(name, principal)
    else surroundings.yaml.report(details ?? node, `\`${name}\` ${notAPrincipal}`)
  }
  return principals
}

const notAPrincipal =
  'is no principal: they are called user/alice, role/app, federated-user/bob or root, in another account 444455556666:role/app'

async function readPrincipal(
  name: string,
  node: Node | null,
  { yaml, io, home }: Surroundings,
): Promise<NamedPrincipal | undefined> {
  const members = yaml.members(node, `\`${name}\``, known)
  const text = (member: string) =>
    members.has(member) ? yaml.read(members.get(member) ?? null, member, textAt) : undefined
  const principal = principalNamed(name, home, {
    sessionName: text('session-name') ?? usualSessionName,
    ...optional('issuer', text('issuer')),
  })
  if (principal === undefined) return undefined
  const place = { yaml, io }
  const boundary = members.has('boundary')
    ? await readPolicy(members.get('boundary') ?? null, {
        ...place,
        kind: 'permissions-boundary',
        path: 'boundary',
      })
    : undefined
  const sessionPolicies = members.has('session-policies')
    ? await readPolicies(members.get('session-policies'), {
        ...place,
        kind: 'session-policy',
        path: 'session-policies',
      })
    : undefined
  const identityPolicies = await readPolicies(members.get('identity-policies'), {
    ...place,
    kind: 'identity-policy',
    path: 'identity-policies',
  })
  const serviceControlPolicies = await readLevels(members.get('service-control-policies'), {
    ...place,
    kind: 'service-control-policy',
    path: 'service-control-policies',
  })
  return {
    principal,
    identityPolicies,
    ...optional('boundary', boundary),
    ...optional('sessionPolicies', sessionPolicies),
    ...optional('serviceControlPolicies', serviceControlPolicies),
  }
}
