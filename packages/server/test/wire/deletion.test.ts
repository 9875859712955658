import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  answerOf,
  bytes,
  daysMs,
  keyPolicy,
  newKey,
  refused,
  type Serving,
  serve,
  textOf,
} from '../serving.ts'

let house: Serving
beforeAll(async () => {
  house = await serve()
})
afterAll(() => house.close())

describe('deleting a key', () => {
  test('begins with a waiting period of 30 days, unless 7 to 29 are asked for', async () => {
    const { kms } = house.root
    const one = await newKey(house.root)
    expect(await answerOf(kms.scheduleKeyDeletion({ KeyId: one.id }))).toEqual({
      KeyId: one.arn,
      DeletionDate: new Date(house.clock.now() + daysMs(30)),
      KeyState: 'PendingDeletion',
      PendingWindowInDays: 30,
    })
    const other = await newKey(house.root)
    const answer = await kms.scheduleKeyDeletion({ KeyId: other.arn, PendingWindowInDays: 7 })
    expect(answer.DeletionDate).toEqual(new Date(house.clock.now() + daysMs(7)))
    expect((await kms.describeKey({ KeyId: other.id })).KeyMetadata).toMatchObject({
      Enabled: false,
      KeyState: 'PendingDeletion',
      DeletionDate: new Date(house.clock.now() + daysMs(7)),
    })
  })

  test('cannot be had in less than 7 days, nor put off for more than 30', async () => {
    const { kms } = house.root
    const { id } = await newKey(house.root)
    for (const days of [1, 2, 3, 4, 5, 6, 31, 365]) {
      const bound = days < 7 ? 'greater than or equal to 7' : 'less than or equal to 30'
      await refused(
        kms.scheduleKeyDeletion({ KeyId: id, PendingWindowInDays: days }),
        'ValidationException',
        `1 validation error detected: Value '${days}' at 'pendingWindowInDays' failed to satisfy constraint: Member must have value ${bound}`,
      )
    }
    expect((await kms.describeKey({ KeyId: id })).KeyMetadata?.KeyState).toBe('Enabled')
  })

  test('stops all use and most administration while it is pending', async () => {
    const { kms } = house.root
    const { id, arn } = await newKey(house.root)
    const { CiphertextBlob } = await kms.encrypt({ KeyId: id, Plaintext: bytes('kept') })
    await kms.scheduleKeyDeletion({ KeyId: id })
    const calls = [
      kms.encrypt({ KeyId: id, Plaintext: bytes('more') }),
      kms.decrypt({ CiphertextBlob }),
      kms.reEncrypt({ CiphertextBlob, DestinationKeyId: id }),
      kms.generateDataKey({ KeyId: id, KeySpec: 'AES_256' }),
      kms.generateDataKeyWithoutPlaintext({ KeyId: id, KeySpec: 'AES_256' }),
      kms.createGrant({ KeyId: id, GranteePrincipal: house.root.arn, Operations: ['Decrypt'] }),
      kms.createAlias({ AliasName: 'alias/too-late', TargetKeyId: id }),
      kms.enableKey({ KeyId: id }),
      kms.disableKey({ KeyId: id }),
      kms.scheduleKeyDeletion({ KeyId: id }),
      kms.tagResource({ KeyId: id, Tags: [{ TagKey: 'a', TagValue: 'b' }] }),
      kms.untagResource({ KeyId: id, TagKeys: ['a'] }),
      kms.updateKeyDescription({ KeyId: id, Description: 'no' }),
    ]
    for (const call of calls) await refused(call, 'KMSInvalidStateException', `${arn} is pending deletion.`)
    await kms.getKeyPolicy({ KeyId: id })
    await kms.putKeyPolicy({ KeyId: id, Policy: keyPolicy() })
    await kms.listGrants({ KeyId: id })
  })

  test('can be called off, which gives the key back disabled', async () => {
    const { kms } = house.root
    const { id, arn } = await newKey(house.root)
    const { CiphertextBlob } = await kms.encrypt({ KeyId: id, Plaintext: bytes('kept') })
    await refused(
      kms.cancelKeyDeletion({ KeyId: id }),
      'KMSInvalidStateException',
      `${arn} is not pending deletion.`,
    )
    await kms.scheduleKeyDeletion({ KeyId: id })
    expect(await answerOf(kms.cancelKeyDeletion({ KeyId: id }))).toEqual({ KeyId: arn })
    const { KeyMetadata } = await kms.describeKey({ KeyId: id })
    expect(KeyMetadata).toMatchObject({ Enabled: false, KeyState: 'Disabled' })
    expect(KeyMetadata?.DeletionDate).toBeUndefined()
    await kms.enableKey({ KeyId: id })
    expect(textOf((await kms.decrypt({ CiphertextBlob })).Plaintext)).toBe('kept')
  })
})

describe('when the waiting period is over', () => {
  /** A house of its own, since moving its clock takes every key in it along. */
  async function doomed() {
    const own = await serve()
    const { kms } = own.root
    const key = await newKey(own.root)
    await kms.createAlias({ AliasName: 'alias/doomed', TargetKeyId: key.id })
    const { CiphertextBlob } = await kms.encrypt({ KeyId: key.id, Plaintext: bytes('lost') })
    await kms.scheduleKeyDeletion({ KeyId: key.id, PendingWindowInDays: 7 })
    const gone = async () => {
      const missing = `Key '${key.arn}' does not exist`
      await refused(kms.describeKey({ KeyId: key.id }), 'NotFoundException', missing)
      await refused(kms.cancelKeyDeletion({ KeyId: key.arn }), 'NotFoundException', missing)
      await refused(kms.describeKey({ KeyId: 'alias/doomed' }), 'NotFoundException')
      await refused(
        kms.decrypt({ CiphertextBlob }),
        'AccessDeniedException',
        'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
      )
      await refused(kms.decrypt({ CiphertextBlob, KeyId: key.arn }), 'NotFoundException', missing)
    }
    return { own, kms, key, gone }
  }

  test('the key is gone to the millisecond, even before it has been deleted', async () => {
    const { own, kms, key, gone } = await doomed()
    own.clock.advance(daysMs(7) - 1)
    expect((await kms.describeKey({ KeyId: key.id })).KeyMetadata?.KeyState).toBe('PendingDeletion')
    own.clock.advance(1)
    await gone()
    expect((await kms.listKeys({})).Keys).toEqual([])
    expect((await kms.listAliases({})).Aliases).toEqual([])
    await own.close()
  })

  test('the key is deleted, material and alias and all, and its alias is free again', async () => {
    const { own, kms, gone } = await doomed()
    own.clock.advance(daysMs(7))
    expect(await own.claviger.doWhatIsDue()).toBe(1)
    expect(await own.claviger.doWhatIsDue()).toBe(0)
    await gone()
    expect(await own.claviger.catalog.store.count('keyMaterial', { prefix: [] })).toBe(0)
    const { id } = await newKey(own.root)
    await kms.createAlias({ AliasName: 'alias/doomed', TargetKeyId: id })
    await own.close()
  })

  test('a service that was down meanwhile deletes it when it starts', async () => {
    const { own, kms, gone } = await doomed()
    await own.claviger.close()
    own.clock.advance(daysMs(7))
    await own.restart()
    expect(await own.claviger.catalog.store.count('keyMaterial', { prefix: [] })).toBe(0)
    await gone()
    expect((await kms.listKeys({})).Keys).toEqual([])
    await own.close()
  })

  test('a key that was given back stays', async () => {
    const { own, kms, key } = await doomed()
    await kms.cancelKeyDeletion({ KeyId: key.id })
    own.clock.advance(daysMs(365))
    expect(await own.claviger.doWhatIsDue()).toBe(0)
    expect((await kms.describeKey({ KeyId: 'alias/doomed' })).KeyMetadata?.KeyState).toBe('Disabled')
    await own.close()
  })
})
