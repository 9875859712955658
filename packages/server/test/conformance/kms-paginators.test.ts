import {
  type KMSClient,
  paginateDescribeCustomKeyStores,
  paginateListAliases,
  paginateListGrants,
  paginateListKeyPolicies,
  paginateListKeyRotations,
  paginateListKeys,
  paginateListResourceTags,
  paginateListRetirableGrants,
} from '@aws-sdk/client-kms'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rootArn } from '../serving.ts'
import { isPublished, published } from './kms-model.ts'
import { makeWorld, type World } from './world.ts'

interface Paginator {
  readonly input_token: string
  readonly output_token: string
  readonly limit_key: string
  readonly more_results: string
  readonly result_key: string
}

const { pagination } = published<{ pagination: Readonly<Record<string, Paginator>> }>(
  'models/kms-paginators-1.json',
  { pagination: {} },
)

let world: World
beforeAll(async () => {
  world = await makeWorld()
})
afterAll(() => world.close())

type Pages = AsyncIterable<object>

/** A list of five things (but for the one list that is always of one), two to a page, read by the SDK's own paginator. */
interface List {
  readonly made: (world: World) => Promise<object>
  readonly pages: (config: { client: KMSClient; pageSize: number }, input: never) => Pages
  readonly length: number
}

const list = <I>(
  pages: (config: { client: KMSClient; pageSize: number }, input: I) => Pages,
  made: (world: World) => Promise<I & object>,
  length = 5,
): List => ({ made, pages, length })

const five = [1, 2, 3, 4, 5]

const lists: Readonly<Record<string, List>> = {
  DescribeCustomKeyStores: list(paginateDescribeCustomKeyStores, async ({ kms }) => {
    for (const number of five) {
      await kms.createCustomKeyStore({
        CustomKeyStoreName: `store ${number}`,
        CloudHsmClusterId: `cluster-${'abcdefg234'}${number + 1}`,
        KeyStorePassword: 'kmsPswd',
        TrustAnchorCertificate: 'a certificate',
      })
    }
    return {}
  }),
  ListAliases: list(paginateListAliases, async ({ kms, key }) => {
    const KeyId = await key()
    for (const number of five) await kms.createAlias({ AliasName: `alias/${number}`, TargetKeyId: KeyId })
    return { KeyId }
  }),
  ListGrants: list(paginateListGrants, async ({ kms, key }) => {
    const KeyId = await key()
    for (const _ of five) await kms.createGrant({ KeyId, GranteePrincipal: rootArn, Operations: ['Decrypt'] })
    return { KeyId }
  }),
  ListKeyPolicies: list(paginateListKeyPolicies, async ({ key }) => ({ KeyId: await key() }), 1),
  ListKeyRotations: list(paginateListKeyRotations, async ({ kms, key }) => {
    const KeyId = await key()
    for (const _ of five) await kms.rotateKeyOnDemand({ KeyId })
    return { KeyId }
  }),
  ListKeys: list(paginateListKeys, async ({ key }) => {
    for (const _ of five) await key()
    return {}
  }),
  ListResourceTags: list(paginateListResourceTags, async ({ key }) => ({
    KeyId: await key({ Tags: five.map((number) => ({ TagKey: `tag ${number}`, TagValue: 'x' })) }),
  })),
  ListRetirableGrants: list(paginateListRetirableGrants, async ({ kms, key }) => {
    for (const _ of five) {
      await kms.createGrant({
        KeyId: await key(),
        GranteePrincipal: rootArn,
        RetiringPrincipal: rootArn,
        Operations: ['Decrypt'],
      })
    }
    return { RetiringPrincipal: rootArn }
  }),
}

describe.skipIf(!isPublished)('the SDK’s own paginator reads a list to its end, each thing once', () => {
  test.each(Object.keys(pagination).map((operation) => [operation]))('%s', async (operation) => {
    const rules = pagination[operation]
    const wanted = lists[operation]
    if (rules === undefined || wanted === undefined) throw new Error(`no list for ${operation}`)
    const input = await wanted.made(world)
    const read: unknown[] = []
    let pages = 0
    for await (const page of wanted.pages({ client: world.kms, pageSize: 2 }, input as never)) {
      const answer = page as Readonly<Record<string, unknown>>
      const items = answer[rules.result_key] as readonly unknown[]
      expect(items.length).toBeLessThanOrEqual(2)
      expect(answer[rules.more_results]).toBe(answer[rules.output_token] !== undefined)
      read.push(...items)
      pages += 1
    }
    const different = new Set(read.map((each) => JSON.stringify(each)))
    expect(different.size).toBe(read.length)
    expect(read.length).toBeGreaterThanOrEqual(wanted.length)
    expect(pages).toBe(Math.ceil(read.length / 2))
  })

  test('and there is such a list for every one that AWS publishes', () => {
    expect(Object.keys(lists).sort()).toEqual(Object.keys(pagination).sort())
  })
})
