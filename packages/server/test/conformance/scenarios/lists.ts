import { rootArn } from '../../serving.ts'
import type { World } from '../world.ts'
import { type Scenario, scenario } from './scenario.ts'

const grants = (...members: string[]) => members.map((member) => `Grants.${member}`)

/** Of grants that are listed by who may retire them, that one member says nothing. */
const retirable = (...members: string[]) => grants(...members.filter((each) => each !== 'RetiringPrincipal'))

type Grant = Omit<Parameters<World['kms']['createGrant']>[0], 'KeyId' | 'Operations'>

/** Grants by what they are given, and the members of a list that tell of it. */
const kinds: readonly (readonly [when: string, shows: readonly string[], grant: Grant])[] = [
  ['to a principal', ['GranteePrincipal'], { GranteePrincipal: rootArn }],
  [
    'that somebody may retire',
    ['GranteePrincipal', 'RetiringPrincipal'],
    { GranteePrincipal: rootArn, RetiringPrincipal: rootArn },
  ],
  [
    'for some encryption contexts',
    ['GranteePrincipal', 'RetiringPrincipal', 'Constraints', 'Constraints.EncryptionContextSubset'],
    {
      GranteePrincipal: rootArn,
      RetiringPrincipal: rootArn,
      Constraints: { EncryptionContextSubset: { tenant: 'blue' } },
    },
  ],
  [
    'for one encryption context',
    ['GranteePrincipal', 'RetiringPrincipal', 'Constraints', 'Constraints.EncryptionContextEquals'],
    {
      GranteePrincipal: rootArn,
      RetiringPrincipal: rootArn,
      Constraints: { EncryptionContextEquals: { tenant: 'blue' } },
    },
  ],
  [
    'to a service',
    ['GranteeServicePrincipal', 'RetiringServicePrincipal', 'Constraints', 'Constraints.SourceArn'],
    {
      GranteeServicePrincipal: 's3.us-east-1.amazonaws.com',
      RetiringServicePrincipal: 's3.us-east-1.amazonaws.com',
      Constraints: { SourceArn: 'arn:aws:s3:us-east-1:111122223333:example' },
    },
  ],
  [
    'to a service, that a principal may retire',
    ['GranteeServicePrincipal', 'RetiringPrincipal', 'Constraints', 'Constraints.SourceArn'],
    {
      GranteeServicePrincipal: 's3.us-east-1.amazonaws.com',
      RetiringPrincipal: rootArn,
      Constraints: { SourceArn: 'arn:aws:s3:us-east-1:111122223333:example' },
    },
  ],
]

const granted = async ({ kms, key }: World, grant: Grant) => {
  const KeyId = await key()
  const { GrantId } = await kms.createGrant({ KeyId, Operations: ['Decrypt'], ...grant })
  return { KeyId, GrantId }
}

/** Lists, and the operations whose results they show. */
export const listScenarios: readonly Scenario[] = [
  scenario('CreateGrant', 'always', [], async ({ kms, key }) =>
    kms.createGrant({ KeyId: await key(), GranteePrincipal: rootArn, Operations: ['Decrypt'] }),
  ),
  ...kinds.map(([when, shows, grant]) =>
    scenario('ListGrants', when, grants(...shows), async (world) =>
      world.kms.listGrants(await granted(world, grant)),
    ),
  ),
  ...kinds
    .filter(([, , { RetiringPrincipal }]) => RetiringPrincipal !== undefined)
    .map(([when, shows, grant]) =>
      scenario('ListRetirableGrants', when, retirable(...shows), async (world) => {
        const { root, serving } = world
        // Somebody of their own, whose list is this grant alone.
        const who = await serving.user(`retiring-${when.replaceAll(/\W/g, '-')}`)
        await granted(world, { ...grant, RetiringPrincipal: who.arn })
        return root.kms.listRetirableGrants({ RetiringPrincipal: who.arn })
      }),
    ),
  scenario(
    'ListGrants',
    'of a page that is not the last',
    [...grants('GranteePrincipal'), 'NextMarker'],
    async ({ kms, key }) => {
      const KeyId = await key()
      for (const _ of 'ab') {
        await kms.createGrant({ KeyId, GranteePrincipal: rootArn, Operations: ['Decrypt'] })
      }
      return kms.listGrants({ KeyId, Limit: 1 })
    },
  ),
  scenario(
    'ListRetirableGrants',
    'of a page that is not the last',
    [...retirable('GranteePrincipal'), 'NextMarker'],
    async (world) => {
      const who = await world.serving.user('retiring-much')
      const grant = { GranteePrincipal: rootArn, RetiringPrincipal: who.arn }
      for (const _ of 'ab') await granted(world, grant)
      return world.kms.listRetirableGrants({ RetiringPrincipal: who.arn, Limit: 1 })
    },
  ),
  scenario('ListAliases', 'of one key', [], async ({ kms, key }) => {
    const KeyId = await key()
    await kms.createAlias({ AliasName: `alias/${KeyId}`, TargetKeyId: KeyId })
    return kms.listAliases({ KeyId })
  }),
  scenario('ListAliases', 'of a page that is not the last', ['NextMarker'], async ({ kms, key }) => {
    const KeyId = await key()
    for (const end of 'ab') await kms.createAlias({ AliasName: `alias/${KeyId}/${end}`, TargetKeyId: KeyId })
    return kms.listAliases({ KeyId, Limit: 1 })
  }),
  scenario('ListKeyPolicies', 'always', [], async ({ kms, key }) =>
    kms.listKeyPolicies({ KeyId: await key() }),
  ),
  scenario('ListKeys', 'of the last page', [], async ({ kms, key }) => {
    await key()
    return kms.listKeys({ Limit: 1000 })
  }),
  scenario('ListKeys', 'of a page that is not the last', ['NextMarker'], async ({ kms, key }) => {
    await key()
    await key()
    return kms.listKeys({ Limit: 1 })
  }),
  scenario('ListResourceTags', 'of the last page', [], async ({ kms, key }) =>
    kms.listResourceTags({ KeyId: await key({ Tags: [{ TagKey: 'a', TagValue: 'b' }] }) }),
  ),
  scenario('ListResourceTags', 'of a page that is not the last', ['NextMarker'], async ({ kms, key }) => {
    const Tags = ['a', 'b'].map((TagKey) => ({ TagKey, TagValue: 'x' }))
    return kms.listResourceTags({ KeyId: await key({ Tags }), Limit: 1 })
  }),
]
