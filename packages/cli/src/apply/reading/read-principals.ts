import { isScalar, type Node } from 'yaml'
import { optional, UnusableCase } from '../../policy-cases/read-value.ts'
import type {
  InlinePolicy,
  WantedGroup,
  WantedHolder,
  WantedManagedPolicy,
  WantedRole,
  WantedUser,
} from '../installation-file.ts'
import { type DocumentPlace, readDocument } from './read-document.ts'
import { iamName, type Members, membersOf, readNamed } from './reading.ts'

/** The account that something is read in: where documents are checked, and what may be named. */
export interface AccountPlace extends Omit<DocumentPlace, 'kind' | 'path'> {
  readonly account: string
  /** The file's, where it says one. */
  readonly region?: string
  /** Names of the account's groups and policies; known once all of it has been read. */
  readonly names: { readonly groups: Set<string>; readonly policies: Set<string> }
}

const holderMembers = ['path', 'policies', 'inline-policies']

/** `{}` beside the form of names, and what a name is called where it does not fit. */
const named = (path: string) => ({ path, form: iamName, means: 'name that IAM allows' })

export function readManagedPolicies(node: Node | null, place: AccountPlace): Promise<WantedManagedPolicy[]> {
  return readNamed(node, named('policies'), place, async (name, value, at) => {
    const path = `policy \`${name}\``
    const members = membersOf(value, path, ['path', 'description', 'tags', 'document'], place)
    place.names.policies.add(name)
    if (!members.has('document')) return place.yaml.report(at, `${path} needs \`document\``)
    const document = await readDocument(members.nodeOf('document'), {
      ...place,
      kind: 'identity-policy',
      path: 'document',
    })
    return (
      document && {
        name,
        path: pathOf(members, place) ?? '/',
        ...optional('description', members.text('description')),
        tags: members.textsByName('tags'),
        document,
      }
    )
  })
}

export function readGroups(node: Node | null, place: AccountPlace): Promise<WantedGroup[]> {
  return readNamed(node, named('groups'), place, async (name, value) => {
    place.names.groups.add(name)
    return readHolder(name, membersOf(value, `group \`${name}\``, holderMembers, place), place)
  })
}

export function readUsers(node: Node | null, place: AccountPlace): Promise<WantedUser[]> {
  const known = [...holderMembers, 'tags', 'groups', 'boundary', 'access-key']
  return readNamed(node, named('users'), place, async (name, value) => {
    const members = membersOf(value, `user \`${name}\``, known, place)
    members.oneOf('access-key', ['file'])
    return {
      ...(await readHolder(name, members, place)),
      tags: members.textsByName('tags'),
      groups: readGroupNames(members, place),
      ...optional('boundary', readPolicyName(members.nodeOf('boundary'), members.text('boundary'), place)),
      accessKey: members.has('access-key'),
    }
  })
}

export function readRoles(node: Node | null, place: AccountPlace): Promise<WantedRole[]> {
  const known = [...holderMembers, 'tags', 'boundary', 'description', 'max-session-seconds', 'trust']
  return readNamed(node, named('roles'), place, async (name, value, at) => {
    const members = membersOf(value, `role \`${name}\``, known, place)
    if (!members.has('trust')) return place.yaml.report(at, `role \`${name}\` needs \`trust\``)
    const trust = await readDocument(members.nodeOf('trust'), {
      ...place,
      kind: 'trust-policy',
      path: 'trust',
    })
    const holder = await readHolder(name, members, place)
    const seconds = members.read('max-session-seconds', wholeNumberAt(3600, 43_200, 'seconds'))
    return (
      trust && {
        ...holder,
        tags: members.textsByName('tags'),
        ...optional('boundary', readPolicyName(members.nodeOf('boundary'), members.text('boundary'), place)),
        ...optional('description', members.text('description')),
        ...optional('maxSessionSeconds', seconds),
        trust,
      }
    )
  })
}

async function readHolder(name: string, members: Members, place: AccountPlace): Promise<WantedHolder> {
  const { yaml } = place
  const policies = yaml
    .items(members.nodeOf('policies'))
    .flatMap((item) => readPolicyName(item, isScalar(item) ? item.value : item, place) ?? [])
  const inlinePolicies = await readNamed(
    members.nodeOf('inline-policies'),
    named('inline-policies'),
    place,
    async (policyName, value, at): Promise<InlinePolicy | undefined> => {
      if (at !== value)
        return place.yaml.report(at, `${policyName} must be a policy document or the name of a file`)
      const document = await readDocument(value, {
        ...place,
        kind: 'identity-policy',
        path: policyName,
      })
      return document && { name: policyName, document }
    },
  )
  return { name, ...optional('path', pathOf(members, place)), policies, inlinePolicies }
}

/** A managed policy: an ARN, or the name of one that the account has in this file. */
function readPolicyName(node: Node | null, name: unknown, place: AccountPlace): string | undefined {
  const { yaml, checks, names } = place
  if (name === undefined || typeof name !== 'string') {
    return node === null ? undefined : yaml.report(node, 'a policy is named by its name or ARN')
  }
  if (!name.startsWith('arn:')) {
    checks.push(() => {
      if (names.policies.has(name)) return
      const there = names.policies.size === 0 ? 'there is none' : `there is ${[...names.policies].join(', ')}`
      yaml.report(node, `there is no policy \`${name}\` in this account; ${there}, or an ARN`)
    })
  }
  return name
}

function readGroupNames(members: Members, { yaml, checks, names }: AccountPlace): readonly string[] {
  const groups = members.texts('groups')
  for (const item of yaml.items(members.nodeOf('groups'))) {
    const name = isScalar(item) ? String(item.value) : ''
    checks.push(() => {
      if (name === '' || names.groups.has(name)) return
      const there = names.groups.size === 0 ? 'there is none' : `there is ${[...names.groups].join(', ')}`
      yaml.report(item, `there is no group \`${name}\` in this account; ${there}`)
    })
  }
  return groups
}

function pathOf(members: Members, { yaml }: AccountPlace): string | undefined {
  const path = members.text('path')
  if (path === undefined || /^\/(?:[!-.0-~]+\/)*$/.test(path)) return path
  return yaml.report(members.nodeOf('path'), `path is \`${path}\`; it begins and ends with \`/\``)
}

/** Reads a whole number between two others. */
export function wholeNumberAt(least: number, most: number, unit: string) {
  return ({ value, path }: { readonly value: unknown; readonly path: string }): number => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
    throw new UnusableCase(`${path} must be a number of ${unit} from ${least} to ${most}`)
  }
}
