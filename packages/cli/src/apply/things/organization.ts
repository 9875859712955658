import type { Organizations } from '@aws-sdk/client-organizations'
import { CannotApply } from '../cannot-apply.ts'
import { listed, settled } from '../clients.ts'
import { wireDocument } from '../documents.ts'
import type { Installation } from '../installation.ts'
import {
  management,
  type WantedAccount,
  type WantedControlPolicy,
  type WantedOrganization,
  type WantedUnit,
} from '../installation-file.ts'
import type { Json } from '../json.ts'
import { rankOfPolicy } from './account-parts.ts'
import { attachedThere, controlPolicyTypes, controlPolicyWords, policiesOf } from './control-policies.ts'
import { policyDifference, valueDifference } from './differences.ts'
import { required } from './holders.ts'
import { made } from './principals.ts'
import type { Difference, Thing } from './thing.ts'

/** The root of the organization: which types of policies count at all, and what is attached there. */
export function rootThing(wanted: WantedOrganization, installation: Installation): Thing {
  const { organizations } = installation
  return {
    kind: 'organization',
    name: 'root',
    async look() {
      const root = await rootOf(organizations)
      const used = controlPolicyTypes.filter((type) =>
        wanted.controlPolicies.some((policy) => policy.type === type),
      )
      const off = used.filter((type) => !root.enabled.includes(type))
      const attachments = await attachedThere(wanted.attached, root.id, installation)
      return {
        exists: true,
        differences: [
          ...off.flatMap((type) =>
            valueDifference(
              'units',
              `policy-types.${controlPolicyWords[type]}`,
              { before: 'disabled', after: 'enabled' },
              () => organizations.enablePolicyType({ RootId: root.id, PolicyType: type }),
            ),
          ),
          ...attachments.differences,
        ],
        beyond: attachments.beyond,
        obstacles: [],
      }
    },
  }
}

/** A service or resource control policy. */
export function controlPolicyThing(wanted: WantedControlPolicy, installation: Installation): Thing {
  const { organizations } = installation
  const { type: Type, name: Name, description, document } = wanted
  return {
    kind: controlPolicyWords[Type].replace(/ies$/, 'y').replaceAll('-', ' '),
    name: Name,
    async look() {
      const there = (await policiesOf(organizations, Type)).get(Name)
      const after = await installation.resolved(document, management)
      const content = there && (await organizations.describePolicy({ PolicyId: there.id })).Policy?.Content
      const before = content === undefined ? undefined : (JSON.parse(content) as Json)
      const rank = rankOfPolicy(wanted)
      const text = { before: there?.description, after: description }
      return {
        exists: there !== undefined,
        differences: [
          ...made(rank, there, () =>
            organizations.createPolicy({
              Type,
              Name,
              Description: description ?? '',
              Content: wireDocument(after),
            }),
          ),
          ...valueDifference(rank, 'description', text, () =>
            organizations.updatePolicy({ PolicyId: there?.id, Description: description }),
          ),
          ...policyDifference(rank, 'document', { before, after }, (Content) =>
            organizations.updatePolicy({ PolicyId: there?.id, Content }),
          ),
        ],
        beyond: [],
        obstacles: [],
      }
    },
  }
}

/** A unit of the organization; its parents are made before it. */
export function unitThing({ path, attached }: WantedUnit, installation: Installation): Thing {
  const { organizations } = installation
  return {
    kind: 'unit',
    name: path,
    async look() {
      const id = await unitAt(path, organizations)
      const attachments = await attachedThere(attached, id, installation)
      const create = async () => {
        const parent = path.split('/').slice(0, -1).join('/')
        const ParentId = await unitAt(parent, organizations)
        await organizations.createOrganizationalUnit({ ParentId, Name: path.split('/').at(-1) })
      }
      return {
        exists: id !== undefined,
        differences: [
          ...made('units', id === undefined ? undefined : {}, create),
          ...attachments.differences,
        ],
        beyond: attachments.beyond,
        obstacles: [],
      }
    },
  }
}

/** A member account, with its place in the organization; or the management account, which only has an alias here. */
export function accountThing(wanted: WantedAccount, installation: Installation): Thing {
  const { organizations } = installation
  const { name, email, unit, attached } = wanted
  return {
    kind: 'account',
    name,
    async look() {
      const id = installation.accountId(name)
      const isMember = name !== management
      const parent = isMember && id !== undefined ? await parentOf(id, organizations) : undefined
      const unitId = unit === undefined ? undefined : await unitAt(unit, organizations)
      const attachments = isMember
        ? await attachedThere(attached, id, installation)
        : { differences: [], beyond: [] }
      const move = async () => {
        const account = installation.accountId(name)
        const [from, to] = [
          await parentOf(String(account), organizations),
          await unitAt(String(unit), organizations),
        ]
        await organizations.moveAccount({
          AccountId: account,
          SourceParentId: from.id,
          DestinationParentId: to,
        })
      }
      const isThere = unitId !== undefined && parent?.id === unitId
      const before = parent === undefined ? undefined : parent.name
      return {
        exists: id !== undefined,
        differences: [
          ...made('accounts', id === undefined ? undefined : {}, () => createAccount(wanted, installation)),
          // Said when the account is to be made; one that is there has its address for good.
          ...(id === undefined
            ? valueDifference('accounts', 'email', { before: undefined, after: email }, async () => undefined)
            : []),
          ...(isThere ? [] : valueDifference('accounts', 'unit', { before, after: unit }, move)),
          ...(await aliasDifference(wanted, installation)),
          ...attachments.differences,
        ],
        beyond: attachments.beyond,
        obstacles: isMember ? await emailObstacle(id, email, organizations) : [],
      }
    },
  }
}

async function aliasDifference(
  { name, alias }: WantedAccount,
  installation: Installation,
): Promise<readonly Difference[]> {
  if (alias === undefined) return []
  const place = await installation.place(name)
  const before = (await place?.iam.listAccountAliases({}))?.AccountAliases?.[0]
  return valueDifference('principals', 'alias', { before, after: alias }, () =>
    required(place)().iam.createAccountAlias({ AccountAlias: alias }),
  )
}

/** Has an account made, and waits until it is. */
async function createAccount({ name, email }: WantedAccount, installation: Installation): Promise<void> {
  const { organizations } = installation
  const { CreateAccountStatus: asked } = await organizations.createAccount({
    AccountName: name,
    Email: email,
  })
  const status = await settled(`account \`${name}\``, async () => {
    const { CreateAccountStatus: now } = await organizations.describeCreateAccountStatus({
      CreateAccountRequestId: asked?.Id,
    })
    return now?.State === 'IN_PROGRESS' ? undefined : now
  })
  if (status.State !== 'SUCCEEDED' || status.AccountId === undefined) {
    throw new CannotApply(`it was not made: ${status.FailureReason ?? 'no reason was given'}`)
  }
  installation.addAccount(name, status.AccountId)
}

async function emailObstacle(
  id: string | undefined,
  email: string | undefined,
  organizations: Organizations,
): Promise<readonly string[]> {
  if (id === undefined || email === undefined) return []
  const { Account: account } = await organizations.describeAccount({ AccountId: id })
  if (account?.Email === undefined || account.Email.toLowerCase() === email.toLowerCase()) return []
  return [`email is ${JSON.stringify(account.Email)} and cannot be changed to ${JSON.stringify(email)}`]
}

async function rootOf(organizations: Organizations): Promise<{ id: string; enabled: readonly string[] }> {
  const [root] = (await organizations.listRoots({})).Roots ?? []
  return {
    id: root?.Id ?? '',
    enabled: (root?.PolicyTypes ?? [])
      .filter(({ Status }) => Status === 'ENABLED')
      .map(({ Type }) => String(Type)),
  }
}

/** The id of a unit by its path from the root, which is the root itself for an empty one. */
async function unitAt(path: string, organizations: Organizations): Promise<string | undefined> {
  let id: string | undefined = (await rootOf(organizations)).id
  for (const name of path === '' ? [] : path.split('/')) {
    if (id === undefined) return undefined
    const ParentId: string = id
    const units = await listed(
      (NextToken) => organizations.listOrganizationalUnitsForParent({ ParentId, NextToken }),
      ({ OrganizationalUnits, NextToken }) => ({ items: OrganizationalUnits, next: NextToken }),
    )
    id = units.find(({ Name }) => Name === name)?.Id
  }
  return id
}

async function parentOf(
  ChildId: string,
  organizations: Organizations,
): Promise<{ id: string; name: string }> {
  const [parent] = (await organizations.listParents({ ChildId })).Parents ?? []
  const id = parent?.Id ?? ''
  if (parent?.Type !== 'ORGANIZATIONAL_UNIT') return { id, name: 'the root' }
  const { OrganizationalUnit: unit } = await organizations.describeOrganizationalUnit({
    OrganizationalUnitId: id,
  })
  return { id, name: unit?.Name ?? id }
}
