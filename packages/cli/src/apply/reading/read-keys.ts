import type { Node } from 'yaml'
import { fail, type Located, optional } from '../../policy-cases/read-value.ts'
import type { WantedGrant, WantedKey, WantedProvider } from '../installation-file.ts'
import { isRegion, type Reference, referencesIn } from '../references.ts'
import { readDocument } from './read-document.ts'
import type { AccountPlace } from './read-principals.ts'
import { type Members, membersOf, readNamed } from './reading.ts'

/** What there is of something in KMS; the SDK knows. */
interface Choices {
  readonly specs: readonly string[]
  readonly usages: readonly string[]
  readonly grantOperations: readonly string[]
}

async function kmsChoices(): Promise<Choices> {
  const { GrantOperation, KeySpec, KeyUsageType } = await import('@aws-sdk/client-kms')
  return {
    specs: Object.values(KeySpec),
    usages: Object.values(KeyUsageType),
    grantOperations: Object.values(GrantOperation),
  }
}

const known = [
  'description',
  'spec',
  'usage',
  'multi-region',
  'replicas',
  'rotation',
  'enabled',
  'tags',
  'policy',
  'aliases',
  'grants',
]

const alias = '(?!aws/)[a-zA-Z0-9/_-]{1,249}'
const aliasForm = new RegExp(`^${alias}$`)
const keyForm = {
  path: 'keys',
  form: new RegExp(`^(?:[a-z]{2}(?:-[a-z]+)+-\\d{1,2}:)?${alias}$`),
  means:
    'name of a key: its alias without `alias/`, and before it its Region if that is another one, `eu-west-1:orders`',
}

/** Reads `keys`: each is known by its alias. */
export async function readKeys(node: Node | null, place: AccountPlace): Promise<WantedKey[]> {
  if (node === null) return []
  const choices = await kmsChoices()
  const keys = await readNamed(node, keyForm, place, (called, value) => {
    const cut = called.indexOf(':')
    const ownRegion = cut < 0 ? undefined : called.slice(0, cut)
    const members = membersOf(value, `key \`${called}\``, known, place)
    return readKey(members, { ...place, choices, name: called.slice(cut + 1), ownRegion })
  })
  reportSharedAliases(keys, node, place)
  return keys
}

/** An alias stands for one key in each Region. */
function reportSharedAliases(
  keys: readonly WantedKey[],
  node: Node,
  { yaml, region: home = '' }: AccountPlace,
) {
  const owners = new Map<string, string>()
  const nodes = yaml.keysOf(node)
  for (const key of keys) {
    const called = key.region === undefined ? key.name : `${key.region}:${key.name}`
    for (const region of [key.region ?? home, ...key.replicas]) {
      for (const name of [key.name, ...key.aliases]) {
        const owner = owners.get(`${region} ${name}`)
        owners.set(`${region} ${name}`, called)
        if (owner === undefined) continue
        const where = region === '' ? '' : ` in ${region}`
        yaml.report(
          nodes.get(called) ?? node,
          `alias \`${name}\`${where} is that of key \`${owner}\` already`,
        )
      }
    }
  }
}

interface KeyPlace extends AccountPlace {
  readonly choices: Choices
  readonly name: string
  /** Where the key is, if that is not the file's Region. */
  readonly ownRegion: string | undefined
}

async function readKey(members: Members, place: KeyPlace): Promise<WantedKey> {
  const { yaml, choices, name, ownRegion } = place
  const spec = members.oneOf('spec', choices.specs)
  const usage = members.oneOf('usage', choices.usages)
  if (spec !== undefined && spec !== 'SYMMETRIC_DEFAULT' && !members.has('usage')) {
    yaml.report(members.nodeOf('spec'), `a key of spec ${spec} needs \`usage\``)
  }
  const multiRegion = members.flag('multi-region')
  const replicas = members.texts('replicas')
  for (const [index, replica] of replicas.entries()) {
    const item = yaml.items(members.nodeOf('replicas'))[index] ?? null
    if (!isRegion(replica)) yaml.report(item, `\`${replica}\` is not a Region`)
  }
  if (replicas.length > 0 && multiRegion !== true) {
    yaml.report(members.nodeOf('replicas'), 'only a key with `multi-region: true` has replicas')
  }
  const policy = members.has('policy')
    ? await readDocument(members.nodeOf('policy'), {
        ...place,
        kind: 'key-policy',
        path: 'policy',
        checkReference: noKeys(place),
      })
    : undefined
  return {
    name,
    ...optional('region', ownRegion),
    ...optional('description', members.text('description')),
    ...optional('spec', spec),
    ...optional('usage', usage),
    ...optional('multiRegion', multiRegion),
    replicas,
    ...optional('rotation', members.read('rotation', rotationAt)),
    ...optional('enabled', members.flag('enabled')),
    tags: members.textsByName('tags'),
    ...optional('policy', policy),
    aliases: readAliases(members, place),
    grants: readGrants(members.nodeOf('grants'), place),
  }
}

/** A key's policy is there before the keys are, and speaks of its own key as `*`. */
function noKeys({ checkReference }: AccountPlace): AccountPlace['checkReference'] {
  return (reference: Reference, report) => {
    if (reference.kind !== 'key') checkReference(reference, report)
    else report('a key policy cannot refer to keys; its own is `*`')
  }
}

function rotationAt({ value, path }: Located): number | 'off' {
  if (value === 'off' || value === false) return 'off'
  if (typeof value === 'number' && Number.isInteger(value) && value >= 90 && value <= 2560) return value
  return fail(path, 'must be a number of days from 90 to 2560, or off')
}

function readAliases(members: Members, { yaml }: AccountPlace): readonly string[] {
  const aliases = members.texts('aliases')
  for (const [index, name] of aliases.entries()) {
    const item = yaml.items(members.nodeOf('aliases'))[index] ?? null
    if (!aliasForm.test(name))
      yaml.report(item, `\`${name}\` is no alias, which is written without \`alias/\``)
  }
  return aliases
}

const grantMembers = [
  'name',
  'grantee',
  'retiring-principal',
  'operations',
  'encryption-context-equals',
  'encryption-context-subset',
]

function readGrants(node: Node | null, place: KeyPlace): readonly WantedGrant[] {
  const names = new Set<string>()
  return place.yaml.items(node).flatMap((item) => {
    const members = membersOf(item, 'a grant', grantMembers, place)
    members.require('name', 'grantee', 'operations')
    const grant = readGrant(members, place)
    if (grant !== undefined && names.has(grant.name)) {
      return place.yaml.report(item, `two grants are called \`${grant.name}\``) ?? []
    }
    if (grant !== undefined) names.add(grant.name)
    return grant ?? []
  })
}

function readGrant(
  members: Members,
  { yaml, choices, checks, checkReference }: KeyPlace,
): WantedGrant | undefined {
  const [name, grantee] = [members.text('name'), members.text('grantee')]
  if (name !== undefined && !/^[a-zA-Z0-9:/_-]{1,256}$/.test(name)) {
    yaml.report(members.nodeOf('name'), `\`${name}\` is no name of a grant`)
  }
  const operations = members.texts('operations')
  for (const [index, operation] of operations.entries()) {
    const item = yaml.items(members.nodeOf('operations'))[index] ?? null
    if (choices.grantOperations.includes(operation)) continue
    yaml.report(item, `no grant can give \`${operation}\`; there is ${choices.grantOperations.join(', ')}`)
  }
  for (const member of ['grantee', 'retiring-principal']) {
    const at = members.nodeOf(member)
    for (const reference of referencesIn(members.text(member) ?? '')) {
      if (typeof reference === 'string') yaml.report(at, reference)
      else if (reference.kind === 'key') yaml.report(at, 'a key is no principal')
      else checks.push(() => checkReference(reference, (message) => yaml.report(at, message)))
    }
  }
  const constraints = (['equals', 'subset'] as const).filter((kind) =>
    members.has(`encryption-context-${kind}`),
  )
  if (constraints.length > 1) yaml.report(members.node, 'a grant has one constraint, equals or subset')
  const [kind] = constraints
  if (name === undefined || grantee === undefined) return undefined
  return {
    name,
    grantee,
    ...optional('retiringPrincipal', members.text('retiring-principal')),
    operations,
    ...(kind !== undefined && {
      constraint: {
        kind: kind === 'equals' ? 'EncryptionContextEquals' : 'EncryptionContextSubset',
        pairs: members.textsByName(`encryption-context-${kind}`),
      },
    }),
  }
}

/** Reads `oidc-providers`: each is known by its URL. */
export function readProviders(node: Node | null, place: AccountPlace): Promise<WantedProvider[]> {
  const where = {
    path: 'oidc-providers',
    form: /^https:\/\/[^\s?#]+$/,
    means: 'URL of a provider, `https://…`',
  }
  return readNamed(node, where, place, (url, value) => {
    const members = membersOf(value, `provider \`${url}\``, ['client-ids', 'thumbprints', 'tags'], place)
    return {
      url,
      clientIds: members.texts('client-ids'),
      thumbprints: members.texts('thumbprints'),
      tags: members.textsByName('tags'),
    }
  })
}
