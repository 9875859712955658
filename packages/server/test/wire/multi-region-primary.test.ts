import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  arnIn,
  described,
  home,
  inRegions,
  ireland,
  member,
  mumbai,
  replicated,
  stateOf,
} from '../regions.ts'
import {
  answerOf,
  bytes,
  denial,
  newKey,
  noIdentityPolicy,
  refused,
  type Serving,
  serve,
  textOf,
} from '../serving.ts'

let house: Serving
beforeAll(async () => {
  house = await serve(inRegions)
})
afterAll(() => house.close())

describe('UpdatePrimaryRegion', () => {
  test('has the primary and a replica change places, in the eyes of every related key', async () => {
    const { id } = await replicated(house, [ireland, mumbai])
    expect(await answerOf(house.root.kms.updatePrimaryRegion({ KeyId: id, PrimaryRegion: mumbai }))).toEqual(
      {},
    )
    for (const region of [home, ireland, mumbai]) {
      expect((await described(house, region, id))?.MultiRegionConfiguration).toEqual({
        MultiRegionKeyType: region === mumbai ? 'PRIMARY' : 'REPLICA',
        PrimaryKey: member(mumbai, id),
        ReplicaKeys: expect.arrayContaining([member(home, id), member(ireland, id)]),
      })
    }
  })

  test('leaves the two updating for a moment, in which they are used but not enabled, disabled or replicated', async () => {
    const { id, arn } = await replicated(house, [ireland, mumbai])
    const { kms } = house.root
    await kms.updatePrimaryRegion({ KeyId: id, PrimaryRegion: ireland })
    const states = async () =>
      Promise.all([home, ireland, mumbai].map((region) => stateOf(house, region, id)))
    expect(await states()).toEqual(['Updating', 'Updating', 'Enabled'])
    const { CiphertextBlob } = await kms.encrypt({ KeyId: id, Plaintext: bytes('noon') })
    expect(textOf((await house.root.kmsIn(ireland).decrypt({ CiphertextBlob })).Plaintext)).toBe('noon')
    const updating = `${arn} is updating.`
    await refused(kms.disableKey({ KeyId: id }), 'KMSInvalidStateException', updating)
    await refused(kms.scheduleKeyDeletion({ KeyId: id }), 'KMSInvalidStateException', updating)
    house.clock.advance(1000)
    expect(await states()).toEqual(['Enabled', 'Enabled', 'Enabled'])
  })

  test('may be called off by calling it again, from the Region that is the primary one now', async () => {
    const { id } = await replicated(house, [ireland])
    await house.root.kms.updatePrimaryRegion({ KeyId: id, PrimaryRegion: ireland })
    await refused(
      house.root.kms.updatePrimaryRegion({ KeyId: id, PrimaryRegion: ireland }),
      'UnsupportedOperationException',
      `${arnIn(home, id)} is not a multi-region primary key.`,
    )
    await house.root.kmsIn(ireland).updatePrimaryRegion({ KeyId: id, PrimaryRegion: home })
    house.clock.advance(1000)
    await house.root.kms.replicateKey({ KeyId: id, ReplicaRegion: mumbai })
  })

  test('is refused for a key of one Region, a Region without a replica, and the primary’s own', async () => {
    const { kms } = house.root
    const single = await newKey(house.root)
    const update = (KeyId: string, PrimaryRegion: string) => kms.updatePrimaryRegion({ KeyId, PrimaryRegion })
    await refused(
      update(single.id, ireland),
      'UnsupportedOperationException',
      `${single.arn} is not a multi-region primary key.`,
    )
    const { id } = await replicated(house, [ireland])
    await refused(update(id, mumbai), 'NotFoundException', `Key '${arnIn(mumbai, id)}' does not exist`)
    await refused(update(id, home), 'UnsupportedOperationException')
    await refused(update('mrk-00000000000000000000000000000000', ireland), 'NotFoundException')
  })

  test('is refused while one of the two is disabled or pending deletion', async () => {
    const { id } = await replicated(house, [ireland])
    const update = () => house.root.kms.updatePrimaryRegion({ KeyId: id, PrimaryRegion: ireland })
    const there = house.root.kmsIn(ireland)
    await there.disableKey({ KeyId: id })
    await refused(update(), 'DisabledException', `${arnIn(ireland, id)} is disabled.`)
    await there.scheduleKeyDeletion({ KeyId: id })
    await refused(update(), 'KMSInvalidStateException', `${arnIn(ireland, id)} is pending deletion.`)
    await there.cancelKeyDeletion({ KeyId: id })
    await there.enableKey({ KeyId: id })
    await house.root.kms.disableKey({ KeyId: id })
    await refused(update(), 'DisabledException', `${arnIn(home, id)} is disabled.`)
  })

  test('must be allowed on both keys, and can be held to Regions by kms:PrimaryRegion', async () => {
    const { id, arn } = await replicated(house, [ireland, mumbai])
    const who = await house.user('successor')
    const action = 'kms:UpdatePrimaryRegion'
    const mayOn = (on: string, Condition?: object) =>
      house.root.iam.putUserPolicy({
        UserName: who.name,
        PolicyName: 'own',
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: action, Resource: on, ...(Condition && { Condition }) }],
        }),
      })
    const update = (PrimaryRegion: string) => who.kms.updatePrimaryRegion({ KeyId: id, PrimaryRegion })
    const lacks = (resource: string) => denial(who, action, resource, noIdentityPolicy(action))
    await mayOn(arnIn(ireland, id))
    await refused(update(ireland), 'AccessDeniedException', lacks(arn))
    await mayOn(arn)
    await refused(update(ireland), 'AccessDeniedException', lacks(arnIn(ireland, id)))
    await mayOn('*', { StringEquals: { 'kms:PrimaryRegion': mumbai } })
    await refused(update(ireland), 'AccessDeniedException', lacks(arn))
    await update(mumbai)
  })
})

describe('when calls race', () => {
  test('of many that replicate into one Region, one does', async () => {
    const { id } = await replicated(house, [])
    const calls = Array.from({ length: 8 }, () =>
      house.root.kms.replicateKey({ KeyId: id, ReplicaRegion: ireland }),
    )
    const outcomes = await Promise.allSettled(calls)
    const refusals = outcomes.flatMap((each) => (each.status === 'rejected' ? [each.reason.name] : []))
    expect(refusals).toEqual(Array(7).fill('AlreadyExistsException'))
    expect((await described(house, home, id))?.MultiRegionConfiguration?.ReplicaKeys).toEqual([
      member(ireland, id),
    ])
  })

  test('replicas made at once into several Regions all know each other', async () => {
    const { id } = await replicated(house, [])
    const into = (ReplicaRegion: string) => house.root.kms.replicateKey({ KeyId: id, ReplicaRegion })
    await Promise.all([ireland, mumbai].map(into))
    for (const region of [home, ireland, mumbai]) {
      const { ReplicaKeys } = (await described(house, region, id))?.MultiRegionConfiguration ?? {}
      expect(ReplicaKeys?.map(({ Region }) => Region).sort()).toEqual([mumbai, ireland])
    }
  })

  test('a primary that moves while it is replicated ends as one primary', async () => {
    const { id } = await replicated(house, [ireland])
    const outcomes = await Promise.allSettled([
      house.root.kms.updatePrimaryRegion({ KeyId: id, PrimaryRegion: ireland }),
      house.root.kms.replicateKey({ KeyId: id, ReplicaRegion: mumbai }),
    ])
    expect(outcomes[0]?.status).toBe('fulfilled')
    const configurations = await Promise.all(
      [home, ireland].map(async (region) => (await described(house, region, id))?.MultiRegionConfiguration),
    )
    expect(configurations.map((each) => each?.MultiRegionKeyType)).toEqual(['REPLICA', 'PRIMARY'])
    expect(configurations[0]?.ReplicaKeys).toEqual(configurations[1]?.ReplicaKeys)
  })
})
