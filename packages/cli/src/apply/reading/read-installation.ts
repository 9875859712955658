import type { Node } from 'yaml'
import type { Io } from '../../command.ts'
import type { FileProblem } from '../../expectations/expectation-file.ts'
import { YamlFile } from '../../expectations/yaml-file.ts'
import { fail, type Located, optional, textAt } from '../../policy-cases/read-value.ts'
import {
  type InstallationFile,
  management,
  type WantedAccount,
  type WantedUser,
} from '../installation-file.ts'
import { isRegion } from '../references.ts'
import { KnownNames } from './known-names.ts'
import { readKeys, readProviders } from './read-keys.ts'
import {
  controlPolicyMembers,
  type OrganizationPlace,
  readAttached,
  readOrganization,
} from './read-organization.ts'
import {
  type AccountPlace,
  readGroups,
  readManagedPolicies,
  readRoles,
  readUsers,
} from './read-principals.ts'
import { type Members, membersOf, type Reading, readNamed } from './reading.ts'

/** A file that describes an installation, or everything that is wrong with it. */
export type ReadInstallation =
  | { readonly ok: true; readonly file: InstallationFile }
  | { readonly ok: false; readonly problems: readonly FileProblem[] }

const accountMembers = ['alias', 'policies', 'groups', 'users', 'roles', 'oidc-providers', 'keys']
const memberAccountMembers = ['email', 'unit', ...controlPolicyMembers, ...accountMembers]
const fileMembers = ['region', 'enter-accounts-as', 'organization', 'accounts', ...accountMembers]

/** Reads a whole file and every policy that it names, and finds all problems before anything is done. */
export async function readInstallation(path: string, text: string, io: Io): Promise<ReadInstallation> {
  const yaml = new YamlFile(path, text)
  if (yaml.problems.length > 0) return { ok: false, problems: yaml.problems }
  const reading: Reading = { yaml, io, checks: [] }
  const names = new KnownNames()
  const organizationPlace: OrganizationPlace = {
    ...reading,
    controlPolicies: new Set(),
    units: new Set(),
    checkReference: checkerFor(management, names),
  }
  const members = membersOf(yaml.root, 'the file', fileMembers, reading)
  const region = members.read('region', regionAt)
  names.region = region
  const organization = await readOrganization(members.nodeOf('organization'), organizationPlace)
  const accountsPlace = { ...reading, names, organizationPlace, ...optional('region', region) }
  const own = await readAccount(management, members, accountsPlace)
  const accounts = [own, ...(await readAccounts(members.nodeOf('accounts'), accountsPlace))]
  for (const account of accounts) names.add(account)
  const enterAccountsAs = readEnterer(members, own, reading)
  for (const check of reading.checks) check()
  if (yaml.problems.length > 0) return { ok: false, problems: inOrder(yaml.problems) }
  return {
    ok: true,
    file: {
      path,
      ...optional('region', region),
      ...optional('enterAccountsAs', enterAccountsAs),
      organization,
      accounts,
    },
  }
}

interface AccountsPlace extends Reading {
  readonly region?: string
  readonly names: KnownNames
  readonly organizationPlace: OrganizationPlace
}

function readAccounts(node: Node | null, place: AccountsPlace): Promise<WantedAccount[]> {
  const where = { path: 'accounts', form: /^(?!management$)[^<>:]{1,50}$/, means: 'name of a member account' }
  return readNamed(node, where, place, async (name, value, at) => {
    const { yaml, checks, organizationPlace } = place
    const members = membersOf(value, `account \`${name}\``, memberAccountMembers, place)
    if (!members.has('email')) yaml.report(at, `account \`${name}\` needs \`email\``)
    const unit = members.text('unit')
    checks.push(() => {
      if (unit === undefined || organizationPlace.units.has(unit)) return
      yaml.report(members.nodeOf('unit'), `there is no unit \`${unit}\` under organization`)
    })
    return {
      ...(await readAccount(name, members, place)),
      ...optional('email', members.read('email', emailAt)),
      ...optional('unit', unit),
      attached: readAttached(members, organizationPlace),
    }
  })
}

async function readAccount(
  account: string,
  members: Members,
  { names, organizationPlace: _, ...reading }: AccountsPlace,
): Promise<WantedAccount> {
  const place: AccountPlace = {
    ...reading,
    account,
    names: { groups: new Set(), policies: new Set() },
    checkReference: checkerFor(account, names),
  }
  return {
    name: account,
    attached: [],
    ...optional('alias', members.text('alias')),
    policies: await readManagedPolicies(members.nodeOf('policies'), place),
    groups: await readGroups(members.nodeOf('groups'), place),
    users: await readUsers(members.nodeOf('users'), place),
    roles: await readRoles(members.nodeOf('roles'), place),
    providers: await readProviders(members.nodeOf('oidc-providers'), place),
    keys: await readKeys(members.nodeOf('keys'), place),
  }
}

function checkerFor(account: string, names: KnownNames): AccountPlace['checkReference'] {
  return (reference, report) => {
    const problem = names.problemWith(reference, account)
    if (problem !== undefined) report(problem)
  }
}

/** Who enters accounts is made before all else, and so has nothing that must be made first. */
function readEnterer(members: Members, { users }: WantedAccount, { yaml }: Reading): string | undefined {
  const name = members.text('enter-accounts-as')
  if (name === undefined) return undefined
  const node = members.nodeOf('enter-accounts-as')
  const user = users.find((one) => one.name === name)
  if (user === undefined) return yaml.report(node, `there is no user \`${name}\` in this file`)
  if (!user.accessKey)
    yaml.report(node, `user \`${name}\` needs \`access-key: file\`, to enter accounts with it`)
  if (dependsOnFile(user)) {
    yaml.report(
      node,
      `user \`${name}\` is made before all else: no groups, no policies of this file, no references`,
    )
  }
  return name
}

function dependsOnFile({ groups, policies, boundary, inlinePolicies }: WantedUser): boolean {
  return (
    groups.length > 0 ||
    [...policies, boundary ?? 'arn:'].some((policy) => !policy.startsWith('arn:')) ||
    inlinePolicies.some(({ document }) => document.references.length > 0)
  )
}

function regionAt(located: Located): string {
  const text = textAt(located)
  return isRegion(text) ? text : fail(located.path, `is \`${text}\`, which is not a Region`)
}

function emailAt(located: Located): string {
  const text = textAt(located)
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text)
    ? text
    : fail(located.path, `is \`${text}\`, which is no email address`)
}

/** By place, and each once: a policy that is named in two places has its mistakes in one. */
function inOrder(problems: readonly FileProblem[]): readonly FileProblem[] {
  const once = new Map(problems.map((problem) => [JSON.stringify(problem), problem]))
  return [...once.values()].sort(
    (one, other) =>
      Number(one.file > other.file) - Number(one.file < other.file) ||
      one.line - other.line ||
      one.column - other.column,
  )
}
