import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshMaterial, wrappedMaterial } from '../importing.ts'
import { arnIn, described, home, inRegions, ireland, mumbai, replicated, stateOf } from '../regions.ts'
import { answerOf, bytes, daysMs, refused, type Serving, serve, textOf } from '../serving.ts'

let house: Serving
beforeAll(async () => {
  house = await serve(inRegions)
})
afterAll(() => house.close())

const sealIn = async (region: string, KeyId: string) =>
  (await house.root.kmsIn(region).encrypt({ KeyId, Plaintext: bytes('noon') })).CiphertextBlob
const openIn = async (region: string, CiphertextBlob: Uint8Array | undefined) =>
  textOf((await house.root.kmsIn(region).decrypt({ CiphertextBlob })).Plaintext)

describe('the material of related keys', () => {
  const status = (region: string, KeyId: string) =>
    answerOf(house.root.kmsIn(region).getKeyRotationStatus({ KeyId }))

  test('rotates in all Regions at once, as the primary is told to', async () => {
    const { kms } = house.root
    const { id } = await replicated(house, [ireland])
    const there = house.root.kmsIn(ireland)
    await refused(
      there.enableKeyRotation({ KeyId: id }),
      'UnsupportedOperationException',
      `${arnIn(ireland, id)} is not a multi-region primary key.`,
    )
    await kms.enableKeyRotation({ KeyId: id, RotationPeriodInDays: 90 })
    expect(await status(ireland, id)).toEqual(await status(home, id))
    expect(await status(ireland, id)).toMatchObject({ KeyRotationEnabled: true, RotationPeriodInDays: 90 })
    const materialOf = async (region: string) => (await described(house, region, id))?.CurrentKeyMaterialId
    const [first, before] = [await materialOf(home), await sealIn(ireland, id)]
    house.clock.advance(daysMs(90))
    expect(await materialOf(home)).not.toBe(first)
    expect(await materialOf(ireland)).toBe(await materialOf(home))
    expect(await openIn(home, await sealIn(ireland, id))).toBe('noon')
    expect(await openIn(home, before)).toBe('noon')
    await kms.rotateKeyOnDemand({ KeyId: id })
    expect(await materialOf(ireland)).toBe(await materialOf(home))
  })

  test('comes to a new replica with all that it has been', async () => {
    const { kms } = house.root
    const { id } = await replicated(house, [])
    await kms.enableKeyRotation({ KeyId: id, RotationPeriodInDays: 100 })
    const sealed = [await sealIn(home, id)]
    for (const _ of 'ab') {
      await kms.rotateKeyOnDemand({ KeyId: id })
      sealed.push(await sealIn(home, id))
    }
    await kms.replicateKey({ KeyId: id, ReplicaRegion: ireland })
    house.clock.advance(1000)
    for (const blob of sealed) expect(await openIn(ireland, blob)).toBe('noon')
    expect(await status(ireland, id)).toMatchObject({ KeyRotationEnabled: true, RotationPeriodInDays: 100 })
  })

  test('goes on being rotated when another Region is the primary one', async () => {
    const { id } = await replicated(house, [ireland])
    await house.root.kms.enableKeyRotation({ KeyId: id, RotationPeriodInDays: 90 })
    await house.root.kms.updatePrimaryRegion({ KeyId: id, PrimaryRegion: ireland })
    await house.root.kmsIn(ireland).disableKeyRotation({ KeyId: id })
    expect((await status(home, id)).KeyRotationEnabled).toBe(false)
    await house.root.kmsIn(ireland).rotateKeyOnDemand({ KeyId: id })
    expect(await openIn(home, await sealIn(ireland, id))).toBe('noon')
  })

  test('is the same however a rotation and a replication race', async () => {
    const { id } = await replicated(house, [ireland])
    await Promise.all([
      house.root.kms.rotateKeyOnDemand({ KeyId: id }),
      house.root.kms.replicateKey({ KeyId: id, ReplicaRegion: mumbai }),
      house.root.kms.rotateKeyOnDemand({ KeyId: id }),
    ])
    house.clock.advance(1000)
    for (const here of [home, ireland, mumbai]) {
      const blob = await sealIn(here, id)
      for (const there of [home, ireland, mumbai]) expect(await openIn(there, blob)).toBe('noon')
    }
  })
})

describe('imported material', () => {
  /** Has somebody import material into the key of one Region. */
  async function bring(region: string, KeyId: string, material: Uint8Array, input: object = {}) {
    const kms = house.root.kmsIn(region)
    return kms.importKeyMaterial({ ...(await wrappedMaterial(kms, KeyId, material)), ...input })
  }

  const stateOfMaterial = async (region: string, KeyId: string, materialId: string | undefined) => {
    const kms = house.root.kmsIn(region)
    const { Rotations } = await kms.listKeyRotations({ KeyId, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' })
    return Rotations?.find(({ KeyMaterialId }) => KeyMaterialId === materialId)?.KeyMaterialState
  }

  test('is brought to each Region by its owner: a replica waits for it, and takes no other', async () => {
    const { id, arn } = await replicated(house, [], { Origin: 'EXTERNAL' })
    const replicate = () => house.root.kms.replicateKey({ KeyId: id, ReplicaRegion: ireland })
    await refused(replicate(), 'KMSInvalidStateException', `${arn} is pending import.`)
    const material = freshMaterial()
    await bring(home, id, material)
    const { ReplicaKeyMetadata } = await replicate()
    expect(ReplicaKeyMetadata).toMatchObject({ KeyState: 'Creating', Origin: 'EXTERNAL' })
    expect(ReplicaKeyMetadata?.ExpirationModel).toBeUndefined()
    house.clock.advance(1000)
    expect(await stateOf(house, ireland, id)).toBe('PendingImport')
    await refused(bring(ireland, id, freshMaterial()), 'IncorrectKeyMaterialException')
    const { CiphertextBlob } = await house.root.kms.encrypt({ KeyId: id, Plaintext: bytes('noon') })
    await bring(ireland, id, material)
    expect(await stateOf(house, ireland, id)).toBe('Enabled')
    const opened = await house.root.kmsIn(ireland).decrypt({ CiphertextBlob })
    expect(textOf(opened.Plaintext)).toBe('noon')
  })

  test('of a pair shows its public half in every Region at once', async () => {
    const pair = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
    const material = pair.privateKey.export({ format: 'der', type: 'pkcs8' })
    const asked = { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY', Origin: 'EXTERNAL' } as const
    const { id } = await replicated(house, [], asked)
    await bring(home, id, material)
    await house.root.kms.replicateKey({ KeyId: id, ReplicaRegion: ireland })
    house.clock.advance(1000)
    const there = house.root.kmsIn(ireland)
    expect(await stateOf(house, ireland, id)).toBe('PendingImport')
    const { PublicKey } = await there.getPublicKey({ KeyId: id })
    expect(Buffer.from(PublicKey ?? [])).toEqual(pair.publicKey.export({ format: 'der', type: 'spki' }))
    await bring(ireland, id, material)
    const signed = { KeyId: id, Message: bytes('noon'), SigningAlgorithm: 'ECDSA_SHA_256' } as const
    const { Signature } = await there.sign(signed)
    expect((await house.root.kms.verify({ ...signed, Signature })).SignatureValid).toBe(true)
  })

  test('is rotated to once every Region has it, and not while a new replica lacks it', async () => {
    const { kms } = house.root
    const [first, second] = [freshMaterial(), freshMaterial()]
    const { id } = await replicated(house, [], { Origin: 'EXTERNAL' })
    await bring(home, id, first)
    await kms.replicateKey({ KeyId: id, ReplicaRegion: ireland })
    house.clock.advance(1000)
    await bring(ireland, id, first)
    const { KeyMaterialId: next } = await bring(home, id, second, { ImportType: 'NEW_KEY_MATERIAL' })
    const waiting = 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION'
    expect(await stateOfMaterial(home, id, next)).toBe(waiting)
    await refused(kms.rotateKeyOnDemand({ KeyId: id }), 'KMSInvalidStateException')
    await bring(ireland, id, second)
    expect(await stateOfMaterial(home, id, next)).toBe('PENDING_ROTATION')

    await kms.replicateKey({ KeyId: id, ReplicaRegion: mumbai })
    house.clock.advance(1000)
    for (const region of [home, ireland, mumbai])
      expect(await stateOfMaterial(region, id, next)).toBe(waiting)
    await house.root.kmsIn(mumbai).scheduleKeyDeletion({ KeyId: id, PendingWindowInDays: 7 })
    house.clock.advance(daysMs(7))
    expect(await stateOfMaterial(home, id, next)).toBe('PENDING_ROTATION')
    await kms.rotateKeyOnDemand({ KeyId: id })
    for (const region of [home, ireland]) {
      expect((await described(house, region, id))?.CurrentKeyMaterialId).toBe(next)
    }
  })

  test('that expires while the primary is on its way to another Region is gone at once', async () => {
    const { kms } = house.root
    const there = house.root.kmsIn(ireland)
    const { id } = await replicated(house, [], { Origin: 'EXTERNAL' })
    const material = freshMaterial()
    const ValidTo = new Date(house.clock.now() + 1500)
    const { ExpirationModel: _forever, ...brought } = await wrappedMaterial(kms, id, material)
    await kms.importKeyMaterial({ ...brought, ValidTo })
    await kms.replicateKey({ KeyId: id, ReplicaRegion: ireland })
    house.clock.advance(1000)
    await there.importKeyMaterial(await wrappedMaterial(there, id, material))
    await kms.updatePrimaryRegion({ KeyId: id, PrimaryRegion: ireland })
    const sealed = await sealIn(home, id)
    house.clock.advance(500)
    expect(await stateOf(house, home, id)).toBe('PendingImport')
    await refused(sealIn(home, id), 'KMSInvalidStateException', `${arnIn(home, id)} is pending import.`)
    expect(await openIn(ireland, sealed)).toBe('noon')
    house.clock.advance(500)
    expect(await stateOf(house, home, id)).toBe('PendingImport')
    await kms.importKeyMaterial(await wrappedMaterial(kms, id, material))
    expect(await openIn(home, sealed)).toBe('noon')
  })
})
