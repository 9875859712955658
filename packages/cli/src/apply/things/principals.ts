import type { IAM, Role, User } from '@aws-sdk/client-iam'
import { optional } from '../../policy-cases/read-value.ts'
import { listed, orAbsent } from '../clients.ts'
import type { Installation } from '../installation.ts'
import {
  management,
  type Tags,
  type WantedAccount,
  type WantedGroup,
  type WantedRole,
  type WantedUser,
} from '../installation-file.ts'
import type { Json } from '../json.ts'
import { accessKeyDifference } from './access-key.ts'
import {
  missing,
  policyDifference,
  surplus,
  tagDifferences,
  tagsOf,
  valueDifference,
  wireTags,
} from './differences.ts'
import { documentOf, heldPolicies, policyArn, required } from './holders.ts'
import { type Difference, nameIn, type Rank, type Thing } from './thing.ts'

const notThere = 'NoSuchEntityException'

/** A group of an account. */
export function groupThing(wanted: WantedGroup, account: WantedAccount, installation: Installation): Thing {
  return {
    kind: 'group',
    name: nameIn(account.name, wanted.name),
    async look() {
      const { name: GroupName, path } = wanted
      const place = await installation.place(account.name)
      const put = required(place?.iam)
      const there = await orAbsent(place?.iam.getGroup({ GroupName }), notThere)
      const rank = 'permissions'
      const iam = there && place?.iam
      const held = await heldPolicies({ kind: 'group', wanted, account, installation, iam, rank })
      return {
        exists: there !== undefined,
        differences: [
          ...made('principals', there, () => put().createGroup({ GroupName, ...optional('Path', path) })),
          ...valueDifference('principals', 'path', { before: there?.Group?.Path, after: path }, () =>
            put().updateGroup({ GroupName, NewPath: path }),
          ),
          ...held.differences,
        ],
        beyond: held.beyond,
        obstacles: [],
      }
    },
  }
}

/** A user of an account. One who enters the other accounts is made whole before all else. */
export function userThing(wanted: WantedUser, account: WantedAccount, installation: Installation): Thing {
  const isEnterer = account.name === management && installation.file.enterAccountsAs === wanted.name
  const at = (rank: Rank): Rank => (isEnterer ? 'enterer' : rank)
  const { name: UserName, path, tags } = wanted
  return {
    kind: 'user',
    name: nameIn(account.name, wanted.name),
    async look() {
      const place = await installation.place(account.name)
      const put = required(place?.iam)
      const there = (await orAbsent(place?.iam.getUser({ UserName }), notThere))?.User
      const iam = there && place?.iam
      const groups = { there: iam === undefined ? [] : await groupsOf(iam, UserName), wanted: wanted.groups }
      const boundary = boundaryOf(wanted, account, installation)
      const rank = at('permissions')
      const held = await heldPolicies({ kind: 'user', wanted, account, installation, iam, rank })
      const marks = marksOf(there, { tags, boundary: boundary.arn })
      return {
        exists: there !== undefined,
        differences: [
          ...made(at('principals'), there, () =>
            put().createUser({ UserName, ...optional('Path', path), ...initial(tags, boundary) }),
          ),
          ...valueDifference(at('principals'), 'path', { before: there?.Path, after: path }, () =>
            put().updateUser({ UserName, NewPath: path }),
          ),
          ...tagDifferences(at('principals'), marks.tags, (Tags) => put().tagUser({ UserName, Tags })),
          ...valueDifference(at('boundaries'), 'boundary', marks.boundary, () =>
            put().putUserPermissionsBoundary({ UserName, PermissionsBoundary: boundary.arn }),
          ),
          ...missing(rank, 'groups', groups, (GroupName) => put().addUserToGroup({ GroupName, UserName })),
          ...held.differences,
          ...(await accessKeyDifference(at('access keys'), { wanted, account, installation, iam, put })),
        ],
        beyond: [...marks.beyond, ...surplus('group', groups), ...held.beyond],
        obstacles: [],
      }
    },
  }
}

/** A role of an account. While it is being made nobody may assume it. */
export function roleThing(wanted: WantedRole, account: WantedAccount, installation: Installation): Thing {
  const { name: RoleName, path, tags } = wanted
  return {
    kind: 'role',
    name: nameIn(account.name, wanted.name),
    async look() {
      const place = await installation.place(account.name)
      const put = required(place?.iam)
      const there = (await orAbsent(place?.iam.getRole({ RoleName }), notThere))?.Role
      const iam = there && place?.iam
      const boundary = boundaryOf(wanted, account, installation)
      const rank = 'permissions'
      const held = await heldPolicies({ kind: 'role', wanted, account, installation, iam, rank })
      const marks = marksOf(there, { tags, boundary: boundary.arn })
      const after = await installation.resolved(wanted.trust, account.name)
      const trust = { before: documentOf(there?.AssumeRolePolicyDocument), after }
      return {
        exists: there !== undefined,
        differences: [
          ...made('principals', there, () =>
            put().createRole({
              RoleName,
              AssumeRolePolicyDocument: closed,
              ...optional('Path', path),
              ...roleSettings(wanted),
              ...initial(tags, boundary),
            }),
          ),
          ...settingDifferences(wanted, there, put),
          ...tagDifferences('principals', marks.tags, (Tags) => put().tagRole({ RoleName, Tags })),
          ...valueDifference('boundaries', 'boundary', marks.boundary, () =>
            put().putRolePermissionsBoundary({ RoleName, PermissionsBoundary: boundary.arn }),
          ),
          ...held.differences,
          ...policyDifference('trust', 'trust', trust, (PolicyDocument) =>
            put().updateAssumeRolePolicy({ RoleName, PolicyDocument }),
          ),
        ],
        beyond: [...marks.beyond, ...held.beyond],
        obstacles: unchangeable('path', there?.Path, path),
      }
    },
  }
}

function roleSettings({ description, maxSessionSeconds }: Partial<WantedRole>) {
  return { ...optional('Description', description), ...optional('MaxSessionDuration', maxSessionSeconds) }
}

/** UpdateRole sets both settings, so that what the file does not say is said again. */
function settingDifferences(
  wanted: WantedRole,
  there: Role | undefined,
  put: () => IAM,
): readonly Difference[] {
  const { name: RoleName, description, maxSessionSeconds } = wanted
  const update = () =>
    put().updateRole({
      RoleName,
      ...roleSettings({
        ...optional('description', description ?? there?.Description),
        ...optional('maxSessionSeconds', maxSessionSeconds ?? there?.MaxSessionDuration),
      }),
    })
  const text = { before: there?.Description, after: description }
  const seconds = { before: there?.MaxSessionDuration, after: maxSessionSeconds }
  return [
    ...valueDifference('principals', 'description', text, update),
    ...valueDifference('principals', 'max-session-seconds', seconds, update),
  ]
}

/** Tags and boundary of a user or role, as they are and as they are described. */
function marksOf(there: User | Role | undefined, wanted: { tags: Tags; boundary: string | undefined }) {
  const tags = { before: tagsOf(there?.Tags), after: wanted.tags }
  const boundary = { before: there?.PermissionsBoundary?.PermissionsBoundaryArn, after: wanted.boundary }
  const isUnwanted = boundary.before !== undefined && boundary.after === undefined
  return {
    tags,
    boundary,
    beyond: [
      ...surplus('tag', { there: Object.keys(tags.before), wanted: Object.keys(tags.after) }),
      ...(isUnwanted ? [`boundary \`${boundary.before}\``] : []),
    ],
  }
}

/** What users and roles are made with. */
function initial(tags: Tags, boundary: { readonly early: string | undefined }) {
  return {
    ...optional('PermissionsBoundary', boundary.early),
    ...(Object.keys(tags).length > 0 && { Tags: wireTags(tags) }),
  }
}

/** A trust policy that lets nobody in. */
const closed = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRole' }],
})

/** The making of a thing that is not there. */
export function made(
  rank: Rank,
  there: object | undefined,
  create: () => Promise<unknown>,
): readonly Difference[] {
  return there === undefined ? [{ rank, put: async () => void (await create()) }] : []
}

/** What was decided when a thing was made, and is described otherwise now. */
export function unchangeable(
  member: string,
  before: Json | undefined,
  after: Json | undefined,
): readonly string[] {
  if (before === undefined || after === undefined || before === after) return []
  return [`${member} is ${JSON.stringify(before)} and cannot be changed to ${JSON.stringify(after)}`]
}

/**
 * A boundary is given to a new principal at once, so that whoever may only make bounded ones may apply the file; unless
 * it refers to keys, and so is made after the principals that key policies name.
 */
function boundaryOf(
  { boundary }: WantedUser | WantedRole,
  account: WantedAccount,
  installation: Installation,
): { readonly arn: string | undefined; readonly early: string | undefined } {
  if (boundary === undefined) return { arn: undefined, early: undefined }
  const arn = policyArn(boundary, account, installation)
  const policy = account.policies.find(({ name }) => name === boundary)
  const isLate = policy?.document.references.some(({ kind }) => kind === 'key') ?? false
  return { arn, early: isLate ? undefined : arn }
}

function groupsOf(iam: IAM, UserName: string): Promise<string[]> {
  return listed(
    (Marker) => iam.listGroupsForUser({ UserName, Marker }),
    ({ Groups, Marker }) => ({ items: Groups?.flatMap(({ GroupName }) => GroupName ?? []), next: Marker }),
  )
}
