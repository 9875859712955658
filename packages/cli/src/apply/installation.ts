import type { IAM } from '@aws-sdk/client-iam'
import type { KMS } from '@aws-sdk/client-kms'
import type { Organizations } from '@aws-sdk/client-organizations'
import { CannotApply } from './cannot-apply.ts'
import { type Clients, type Connection, type Credentials, connect, listed, orAbsent } from './clients.ts'
import { readProfile } from './credentials-file.ts'
import { type InstallationFile, management, type WantedDocument } from './installation-file.ts'
import { type Json, mapTexts } from './json.ts'
import { type Reference, replaceReferences } from './references.ts'

/** An account to work in. */
export interface Place {
  readonly accountId: string
  readonly iam: IAM
  kmsIn(region: string): KMS
}

/** The role by which the management account enters those that it made. */
const entryRole = 'OrganizationAccountAccessRole'

/** How a user's profile is called in the credentials file. */
export function profileOf(account: string, user: string): string {
  const name = account === management ? user : `${account}/${user}`
  // No two names become one: somebody's only copy of a secret would be written over.
  return name.replaceAll(/[\s\]%]/g, encodeURIComponent)
}

/**
 * The installation that a file is applied to: its accounts, entered when they are first asked for, and what the
 * file's references stand for as far as that is known by now.
 */
export class Installation {
  readonly file: InstallationFile
  readonly region: string
  readonly credentialsFile: string
  readonly organizations: Organizations
  readonly #own: Clients
  readonly #connection: Connection
  readonly #caller: { readonly account: string; readonly arn: string }
  readonly #organizationId: string | undefined
  readonly #accountIds = new Map<string, string>()
  readonly #places = new Map<string, Place>()
  readonly #keyArns = new Map<string, string>()
  readonly #made: Clients[] = []

  private constructor(ground: Ground, own: Clients, known: Known) {
    this.file = ground.file
    this.region = ground.connection.region
    this.credentialsFile = ground.credentialsFile
    this.#connection = ground.connection
    this.#own = own
    this.#caller = known.caller
    this.#organizationId = known.organizationId
    this.organizations = own.organizations
    this.#accountIds.set(management, known.caller.account)
    this.#places.set(management, { accountId: known.caller.account, iam: own.iam, kmsIn: own.kmsIn })
  }

  /** @throws CannotApply where the caller's account is not the one that the file is about */
  static async open(ground: Ground): Promise<Installation> {
    const own = await connect(ground.connection)
    try {
      const { Account: account = '', Arn: arn = '' } = await own.sts.getCallerIdentity({})
      const organization = speaksOfOrganization(ground.file) ? await organizationOf(own) : undefined
      if (organization !== undefined && organization.managementAccount !== account) {
        throw new CannotApply(
          `${arn} is not in the management account ${organization.managementAccount}, which makes the accounts and units of this file`,
        )
      }
      const opened = new Installation(ground, own, {
        caller: { account, arn },
        organizationId: organization?.id,
      })
      if (organization !== undefined) await opened.#findAccounts()
      return opened
    } catch (error) {
      own.destroy()
      throw error
    }
  }

  close(): void {
    for (const clients of [this.#own, ...this.#made]) clients.destroy()
  }

  accountId(name: string): string | undefined {
    return this.#accountIds.get(name)
  }

  /** An account was made. */
  addAccount(name: string, accountId: string): void {
    this.#accountIds.set(name, accountId)
  }

  /** The account to work in; nothing as long as it is not made. */
  async place(name: string): Promise<Place | undefined> {
    const accountId = this.#accountIds.get(name)
    const known = this.#places.get(name)
    if (accountId === undefined || known !== undefined) return known
    const clients = await this.#enter(name, accountId)
    this.#made.push(clients)
    const place = { accountId, iam: clients.iam, kmsIn: clients.kmsIn }
    this.#places.set(name, place)
    return place
  }

  /** A document as it is to be put; what is not known yet stays as it was written. */
  async resolved(document: WantedDocument, account: string): Promise<Json> {
    const values = new Map<string, string | undefined>()
    for (const reference of document.references) {
      values.set(JSON.stringify(reference), await this.#meant(reference, account))
    }
    return mapTexts(document.value, (text) =>
      replaceReferences(text, (reference) => values.get(JSON.stringify(reference))),
    )
  }

  /** A text with accounts in it, as a grant's grantee is. */
  resolvedText(text: string, account: string): string {
    return replaceReferences(text, (reference) =>
      reference.kind === 'key' ? undefined : this.#meantAtOnce(reference, account),
    )
  }

  async #meant(reference: Reference, account: string): Promise<string | undefined> {
    if (reference.kind !== 'key') return this.#meantAtOnce(reference, account)
    const { name, region = this.region } = reference
    const home = reference.account ?? account
    const known = this.#keyArns.get(`${home} ${region} ${name}`)
    if (known !== undefined) return known
    const place = await this.place(home)
    const found = await orAbsent(
      place?.kmsIn(region).describeKey({ KeyId: `alias/${name}` }),
      'NotFoundException',
    )
    const arn = found?.KeyMetadata?.Arn
    if (arn !== undefined) this.#keyArns.set(`${home} ${region} ${name}`, arn)
    return arn
  }

  #meantAtOnce(reference: Exclude<Reference, { kind: 'key' }>, account: string): string | undefined {
    return reference.kind === 'organization'
      ? this.#organizationId
      : this.#accountIds.get(reference.account ?? account)
  }

  async #findAccounts(): Promise<void> {
    const present = await listed(
      (NextToken) => this.organizations.listAccounts({ NextToken }),
      ({ Accounts, NextToken }) => ({ items: Accounts, next: NextToken }),
    )
    for (const { name } of this.file.accounts.slice(1)) {
      const called = present.filter(({ Name, Status }) => Name === name && Status !== 'SUSPENDED')
      if (called.length > 1) {
        throw new CannotApply(`two accounts are called \`${name}\`: ${called.map(({ Id }) => Id).join(', ')}`)
      }
      const [account] = called
      if (account?.Id !== undefined) this.#accountIds.set(name, account.Id)
    }
  }

  async #enter(name: string, accountId: string): Promise<Clients> {
    const enterer = await this.#entererOf(name)
    const source =
      enterer === undefined ? this.#own : await connect({ ...this.#connection, credentials: enterer })
    try {
      const { Credentials: issued } = await source.sts.assumeRole({
        RoleArn: `arn:aws:iam::${accountId}:role/${entryRole}`,
        RoleSessionName: 'claviger-apply',
      })
      const credentials = {
        accessKeyId: String(issued?.AccessKeyId),
        secretAccessKey: String(issued?.SecretAccessKey),
        sessionToken: String(issued?.SessionToken),
      }
      return await connect({ ...this.#connection, credentials })
    } finally {
      if (source !== this.#own) source.destroy()
    }
  }

  /** Who enters an account: the caller, unless a root user, who assumes no roles. @throws CannotApply */
  async #entererOf(name: string): Promise<Credentials | undefined> {
    if (!this.#caller.arn.endsWith(':root')) return undefined
    const user = this.file.enterAccountsAs
    if (user === undefined) {
      throw new CannotApply(
        `account \`${name}\` cannot be entered: root users assume no roles`,
        '`enter-accounts-as` in the file names a user of the management account to do it with; or use the credentials of one',
      )
    }
    const found = await readProfile(this.credentialsFile, profileOf(management, user))
    if (found !== undefined) return found
    throw new CannotApply(
      `account \`${name}\` cannot be entered as \`${user}\`: ${this.credentialsFile} has no credentials of theirs`,
      `\`--credentials-file\` says where they are; or make the user first, in a file without \`accounts\``,
    )
  }
}

/** What a file is applied on. */
export interface Ground {
  readonly file: InstallationFile
  readonly connection: Connection
  /** Where access keys are written, and those of who enters accounts are read. */
  readonly credentialsFile: string
}

interface Known {
  readonly caller: { readonly account: string; readonly arn: string }
  readonly organizationId: string | undefined
}

/** Whether anything in a file takes the organization: one without accounts and units needs nobody's leave to read it. */
function speaksOfOrganization({ accounts, organization }: InstallationFile): boolean {
  const { controlPolicies, attached, units } = organization
  const named = accounts.flatMap(({ policies, roles, keys, users, groups }) => [
    ...policies.map(({ document }) => document),
    ...roles.map(({ trust }) => trust),
    ...keys.flatMap(({ policy }) => policy ?? []),
    ...[...users, ...groups, ...roles].flatMap(({ inlinePolicies }) =>
      inlinePolicies.map(({ document }) => document),
    ),
  ])
  return (
    accounts.length > 1 ||
    controlPolicies.length + attached.length + units.length > 0 ||
    named.some(({ references }) => references.some(({ kind }) => kind === 'organization'))
  )
}

async function organizationOf({
  organizations,
}: Clients): Promise<{ id: string; managementAccount: string }> {
  const { Organization: organization } = await organizations.describeOrganization({})
  return { id: organization?.Id ?? '', managementAccount: organization?.MasterAccountId ?? '' }
}
