import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { described, home, inRegions, ireland, member, mumbai, replicated, stateOf } from '../regions.ts'
import { answerOf, bytes, daysMs, newKey, refused, type Serving, serve, textOf } from '../serving.ts'

let house: Serving
beforeAll(async () => {
  house = await serve(inRegions)
})
afterAll(() => house.close())

describe('deleting multi-Region keys', () => {
  test('a replica goes by itself, and may be made again', async () => {
    const own = await serve(inRegions)
    const { id } = await replicated(own, [ireland, mumbai])
    const { CiphertextBlob } = await own.root.kmsIn(ireland).encrypt({ KeyId: id, Plaintext: bytes('noon') })
    await own.root.kmsIn(ireland).scheduleKeyDeletion({ KeyId: id, PendingWindowInDays: 7 })
    expect(await stateOf(own, home, id)).toBe('Enabled')
    own.clock.advance(daysMs(7))
    await refused(own.root.kmsIn(ireland).describeKey({ KeyId: id }), 'NotFoundException')
    for (const region of [home, mumbai]) {
      expect((await described(own, region, id))?.MultiRegionConfiguration?.ReplicaKeys).toEqual([
        member(mumbai, id),
      ])
    }
    await own.root.kms.replicateKey({ KeyId: id, ReplicaRegion: ireland })
    own.clock.advance(1000)
    expect(textOf((await own.root.kmsIn(ireland).decrypt({ CiphertextBlob })).Plaintext)).toBe('noon')
    await own.close()
  })

  test('a primary waits for its replicas to be gone, and only then for its own time to pass', async () => {
    const own = await serve(inRegions)
    const { kms } = own.root
    const { id, arn } = await replicated(own, [ireland, mumbai])
    expect(await answerOf(kms.scheduleKeyDeletion({ KeyId: id, PendingWindowInDays: 10 }))).toEqual({
      KeyId: arn,
      KeyState: 'PendingReplicaDeletion',
      PendingWindowInDays: 10,
    })
    const waiting = await described(own, home, id)
    expect(waiting).toMatchObject({ KeyState: 'PendingReplicaDeletion', PendingDeletionWindowInDays: 10 })
    expect(waiting?.DeletionDate).toBeUndefined()
    const refusal = `${arn} is pending replica deletion.`
    await refused(kms.enableKey({ KeyId: id }), 'KMSInvalidStateException', refusal)
    await refused(kms.encrypt({ KeyId: id, Plaintext: bytes('x') }), 'KMSInvalidStateException', refusal)

    own.clock.advance(daysMs(100))
    expect(await stateOf(own, home, id)).toBe('PendingReplicaDeletion')
    await own.root.kmsIn(ireland).scheduleKeyDeletion({ KeyId: id, PendingWindowInDays: 7 })
    await own.root.kmsIn(mumbai).scheduleKeyDeletion({ KeyId: id, PendingWindowInDays: 8 })
    own.clock.advance(daysMs(7))
    expect(await stateOf(own, home, id)).toBe('PendingReplicaDeletion')
    own.clock.advance(daysMs(1))
    const pending = await described(own, home, id)
    expect(pending).toMatchObject({
      KeyState: 'PendingDeletion',
      DeletionDate: new Date(own.clock.now() + daysMs(10)),
    })
    expect(pending?.PendingDeletionWindowInDays).toBeUndefined()
    own.clock.advance(daysMs(10))
    await refused(kms.describeKey({ KeyId: id }), 'NotFoundException')
    expect(await own.claviger.catalog.store.count('keyMaterial', { prefix: [] })).toBe(0)
    await own.close()
  })

  test('goes on as it would have, when the service was down all the while', async () => {
    const own = await serve(inRegions)
    const { id } = await replicated(own, [ireland])
    await own.root.kms.scheduleKeyDeletion({ KeyId: id, PendingWindowInDays: 10 })
    await own.root.kmsIn(ireland).scheduleKeyDeletion({ KeyId: id, PendingWindowInDays: 7 })
    const from = own.clock.now()
    await own.claviger.close()
    own.clock.advance(daysMs(9))
    await own.restart()
    expect((await described(own, home, id))?.DeletionDate).toEqual(new Date(from + daysMs(17)))
    await own.claviger.close()
    own.clock.advance(daysMs(9))
    await own.restart()
    await refused(own.root.kms.describeKey({ KeyId: id }), 'NotFoundException')
    await own.close()
  })

  test('can be called off for the primary alone, which comes back disabled', async () => {
    const { kms } = house.root
    const { id, arn } = await replicated(house, [ireland])
    await kms.scheduleKeyDeletion({ KeyId: id })
    expect(await answerOf(kms.cancelKeyDeletion({ KeyId: id }))).toEqual({ KeyId: arn })
    const { PendingDeletionWindowInDays, KeyState } = (await described(house, home, id)) ?? {}
    expect([KeyState, PendingDeletionWindowInDays]).toEqual(['Disabled', undefined])
    expect(await stateOf(house, ireland, id)).toBe('Enabled')
  })

  test('a replica that is still being made can be deleted too', async () => {
    const { id } = await newKey(house.root, { MultiRegion: true })
    await house.root.kms.replicateKey({ KeyId: id, ReplicaRegion: ireland })
    await house.root.kmsIn(ireland).scheduleKeyDeletion({ KeyId: id })
    house.clock.advance(1000)
    expect(await stateOf(house, ireland, id)).toBe('PendingDeletion')
  })
})
