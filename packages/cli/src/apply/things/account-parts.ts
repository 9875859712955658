import { optional } from '../../policy-cases/read-value.ts'
import { listed, orAbsent } from '../clients.ts'
import { wireDocument } from '../documents.ts'
import type { Installation } from '../installation.ts'
import type { WantedAccount, WantedManagedPolicy, WantedProvider } from '../installation-file.ts'
import { missing, policyDifference, surplus, tagDifferences, tagsOf, wireTags } from './differences.ts'
import { documentOf, policyArn, required } from './holders.ts'
import { made, unchangeable } from './principals.ts'
import { nameIn, type Rank, type Thing } from './thing.ts'

/** When a policy can be put: one that refers to keys, after them. */
export function rankOfPolicy({ document }: Pick<WantedManagedPolicy, 'document'>): Rank {
  return document.references.some(({ kind }) => kind === 'key') ? 'policies about keys' : 'policies'
}

/** A managed policy of an account. */
export function managedPolicyThing(
  wanted: WantedManagedPolicy,
  account: WantedAccount,
  installation: Installation,
): Thing {
  const rank = rankOfPolicy(wanted)
  return {
    kind: 'policy',
    name: nameIn(account.name, wanted.name),
    async look() {
      const { name: PolicyName, path: Path, description, tags } = wanted
      const place = await installation.place(account.name)
      const put = required(place?.iam)
      const PolicyArn = policyArn(PolicyName, account, installation)
      const there = (await orAbsent(place?.iam.getPolicy({ PolicyArn }), 'NoSuchEntityException'))?.Policy
      const version =
        there && (await put().getPolicyVersion({ PolicyArn, VersionId: String(there.DefaultVersionId) }))
      const after = await installation.resolved(wanted.document, account.name)
      const create = () =>
        put().createPolicy({
          PolicyName,
          Path,
          PolicyDocument: wireDocument(after),
          ...optional('Description', description),
          ...(Object.keys(tags).length > 0 && { Tags: wireTags(tags) }),
        })
      const before = documentOf(version?.PolicyVersion?.Document)
      return {
        exists: there !== undefined,
        differences: [
          ...made(rank, there, create),
          ...tagDifferences(rank, { before: tagsOf(there?.Tags), after: tags }, (Tags) =>
            put().tagPolicy({ PolicyArn, Tags }),
          ),
          ...policyDifference(rank, 'document', { before, after }, async (PolicyDocument) => {
            await makeRoomForVersion(put(), PolicyArn)
            await put().createPolicyVersion({ PolicyArn, PolicyDocument, SetAsDefault: true })
          }),
        ],
        beyond: surplus('tag', { there: Object.keys(tagsOf(there?.Tags)), wanted: Object.keys(tags) }),
        obstacles:
          there === undefined ? [] : unchangeable('description', there.Description ?? '', description),
      }
    },
  }
}

/** A policy has five versions at most; the oldest that is not in force goes when a sixth comes. */
const versionsMost = 5

async function makeRoomForVersion(
  iam: NonNullable<Awaited<ReturnType<Installation['place']>>>['iam'],
  PolicyArn: string,
): Promise<void> {
  const versions = await listed(
    (Marker) => iam.listPolicyVersions({ PolicyArn, Marker }),
    ({ Versions, Marker }) => ({ items: Versions, next: Marker }),
  )
  if (versions.length < versionsMost) return
  const numberOf = (id = '') => Number(id.slice(1))
  const [oldest] = versions
    .filter(({ IsDefaultVersion }) => !IsDefaultVersion)
    .sort((one, other) => numberOf(one.VersionId) - numberOf(other.VersionId))
  if (oldest?.VersionId !== undefined)
    await iam.deletePolicyVersion({ PolicyArn, VersionId: oldest.VersionId })
}

/** An OpenID Connect provider that an account believes. */
export function providerThing(
  wanted: WantedProvider,
  account: WantedAccount,
  installation: Installation,
): Thing {
  return {
    kind: 'oidc-provider',
    name: nameIn(account.name, wanted.url),
    async look() {
      const { url: Url, clientIds, thumbprints, tags } = wanted
      const place = await installation.place(account.name)
      const put = required(place?.iam)
      const OpenIDConnectProviderArn = `arn:aws:iam::${place?.accountId}:oidc-provider/${Url.slice('https://'.length)}`
      const there = await orAbsent(
        place?.iam.getOpenIDConnectProvider({ OpenIDConnectProviderArn }),
        'NoSuchEntityException',
      )
      const create = () =>
        put().createOpenIDConnectProvider({
          Url,
          ClientIDList: [...clientIds],
          ...(thumbprints.length > 0 && { ThumbprintList: [...thumbprints] }),
          ...(Object.keys(tags).length > 0 && { Tags: wireTags(tags) }),
        })
      const marks = { before: tagsOf(there?.Tags), after: tags }
      const ids = { there: there?.ClientIDList ?? [], wanted: clientIds }
      const prints = {
        there: there?.ThumbprintList ?? [],
        wanted: thumbprints.map((print) => print.toLowerCase()),
      }
      return {
        exists: there !== undefined,
        differences: [
          ...made('principals', there, create),
          ...missing('principals', 'client-ids', ids, (ClientID) =>
            put().addClientIDToOpenIDConnectProvider({ OpenIDConnectProviderArn, ClientID }),
          ),
          ...missing('principals', 'thumbprints', prints, async (print) => {
            const { ThumbprintList = [] } = await put().getOpenIDConnectProvider({ OpenIDConnectProviderArn })
            await put().updateOpenIDConnectProviderThumbprint({
              OpenIDConnectProviderArn,
              ThumbprintList: [...ThumbprintList, print],
            })
          }),
          ...tagDifferences('principals', marks, (Tags) =>
            put().tagOpenIDConnectProvider({ OpenIDConnectProviderArn, Tags }),
          ),
        ],
        beyond: [
          ...surplus('client id', ids),
          ...surplus('thumbprint', prints),
          ...surplus('tag', { there: Object.keys(marks.before), wanted: Object.keys(tags) }),
        ],
        obstacles: [],
      }
    },
  }
}
