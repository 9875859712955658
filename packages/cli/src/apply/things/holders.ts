import type {
  IAM,
  ListAttachedUserPoliciesCommandOutput as ListedAttachments,
  ListUserPoliciesCommandOutput as ListedNames,
} from '@aws-sdk/client-iam'
import { listed } from '../clients.ts'
import type { Installation } from '../installation.ts'
import type { WantedAccount, WantedHolder } from '../installation-file.ts'
import type { Json } from '../json.ts'
import { missing, policyDifference, surplus } from './differences.ts'
import type { Difference, Rank } from './thing.ts'

/** What IAM does alike for users, groups and roles, under three names. */
interface HolderCalls {
  attached(Marker: string | undefined): Promise<ListedAttachments>
  attach(PolicyArn: string): Promise<unknown>
  inlineNames(Marker: string | undefined): Promise<ListedNames>
  inline(PolicyName: string): Promise<{ readonly PolicyDocument: string | undefined }>
  putInline(policy: { PolicyName: string; PolicyDocument: string }): Promise<unknown>
}

export type HolderKind = 'user' | 'group' | 'role'

function callsOf(kind: HolderKind, iam: IAM, name: string): HolderCalls {
  switch (kind) {
    case 'user':
      return {
        attached: (Marker) => iam.listAttachedUserPolicies({ UserName: name, Marker }),
        attach: (PolicyArn) => iam.attachUserPolicy({ UserName: name, PolicyArn }),
        inlineNames: (Marker) => iam.listUserPolicies({ UserName: name, Marker }),
        inline: (PolicyName) => iam.getUserPolicy({ UserName: name, PolicyName }),
        putInline: (policy) => iam.putUserPolicy({ UserName: name, ...policy }),
      }
    case 'group':
      return {
        attached: (Marker) => iam.listAttachedGroupPolicies({ GroupName: name, Marker }),
        attach: (PolicyArn) => iam.attachGroupPolicy({ GroupName: name, PolicyArn }),
        inlineNames: (Marker) => iam.listGroupPolicies({ GroupName: name, Marker }),
        inline: (PolicyName) => iam.getGroupPolicy({ GroupName: name, PolicyName }),
        putInline: (policy) => iam.putGroupPolicy({ GroupName: name, ...policy }),
      }
    case 'role':
      return {
        attached: (Marker) => iam.listAttachedRolePolicies({ RoleName: name, Marker }),
        attach: (PolicyArn) => iam.attachRolePolicy({ RoleName: name, PolicyArn }),
        inlineNames: (Marker) => iam.listRolePolicies({ RoleName: name, Marker }),
        inline: (PolicyName) => iam.getRolePolicy({ RoleName: name, PolicyName }),
        putInline: (policy) => iam.putRolePolicy({ RoleName: name, ...policy }),
      }
  }
}

/** A user, group or role that is there or about to be. */
export interface Held {
  readonly kind: HolderKind
  readonly wanted: WantedHolder
  readonly account: WantedAccount
  readonly installation: Installation
  /** Absent as long as the account or the principal is not there. */
  readonly iam: IAM | undefined
  readonly rank: Rank
}

/** The policies of a user, group or role, against those that are described. */
export async function heldPolicies({
  kind,
  wanted,
  account,
  installation,
  iam,
  rank,
}: Held): Promise<{ readonly differences: readonly Difference[]; readonly beyond: readonly string[] }> {
  const calls = iam && callsOf(kind, iam, wanted.name)
  const attached = calls === undefined ? [] : await attachedArns(calls)
  const inlineNames = calls === undefined ? [] : await listed(calls.inlineNames, readNames)
  const policies = wanted.policies.map((name) => policyArn(name, account, installation))
  const put = required(calls)
  const differences = [
    ...missing(rank, 'policies', { there: attached, wanted: policies }, (arn) => put().attach(arn)),
  ]
  for (const { name, document } of wanted.inlinePolicies) {
    const before = inlineNames.includes(name) ? decoded(await put().inline(name)) : undefined
    const after = await installation.resolved(document, account.name)
    differences.push(
      ...policyDifference(rank, `inline-policies.${name}`, { before, after }, (PolicyDocument) =>
        put().putInline({ PolicyName: name, PolicyDocument }),
      ),
    )
  }
  const inlineWanted = wanted.inlinePolicies.map(({ name }) => name)
  return {
    differences,
    beyond: [
      ...surplus('attached policy', { there: attached, wanted: policies }),
      ...surplus('inline policy', { there: inlineNames, wanted: inlineWanted }),
    ],
  }
}

/** The ARN of a managed policy that is named by it or by a name of the account's. */
export function policyArn(
  name: string,
  account: WantedAccount,
  installation: Pick<Installation, 'accountId'>,
): string {
  if (name.startsWith('arn:')) return name
  const path = account.policies.find((policy) => policy.name === name)?.path ?? '/'
  const accountId = installation.accountId(account.name) ?? `<account:${account.name}>`
  return `arn:aws:iam::${accountId}:policy${path}${name}`
}

/** IAM shows documents percent-encoded. */
export function documentOf(encoded: string | undefined): Json | undefined {
  return encoded === undefined ? undefined : (JSON.parse(decodeURIComponent(encoded)) as Json)
}

/** What calls need that can only be made when the account is there, which it is by the time anything is put. */
export function required<T>(value: T | undefined): () => T {
  return () => {
    if (value === undefined) throw new Error('something was put into an account that is not there')
    return value
  }
}

function attachedArns({ attached }: HolderCalls): Promise<string[]> {
  return listed(attached, ({ AttachedPolicies, Marker }) => ({
    items: AttachedPolicies?.flatMap(({ PolicyArn }) => PolicyArn ?? []),
    next: Marker,
  }))
}

function readNames({ PolicyNames, Marker }: ListedNames) {
  return { items: PolicyNames, next: Marker }
}

function decoded({ PolicyDocument }: { readonly PolicyDocument: string | undefined }): Json | undefined {
  return documentOf(PolicyDocument)
}
