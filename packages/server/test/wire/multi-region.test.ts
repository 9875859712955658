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
  keyPolicy,
  newKey,
  refused,
  rootArn,
  type Serving,
  serve,
  textOf,
} from '../serving.ts'

let house: Serving
beforeAll(async () => {
  house = await serve(inRegions)
})
afterAll(() => house.close())

const tagged = (TagKey: string) => [{ TagKey, TagValue: 'x' }]

describe('a multi-Region key', () => {
  test('is made as a primary without replicas, with an id that tells', async () => {
    const { KeyMetadata } = await house.root.kms.createKey({ MultiRegion: true })
    const id = String(KeyMetadata?.KeyId)
    expect(id).toMatch(/^mrk-[0-9a-f]{32}$/)
    expect(KeyMetadata).toMatchObject({
      MultiRegion: true,
      MultiRegionConfiguration: {
        MultiRegionKeyType: 'PRIMARY',
        PrimaryKey: member(home, id),
        ReplicaKeys: [],
      },
    })
  })

  test('is replicated into another Region: same id and material, with policy, tags and description of its own', async () => {
    const { kms } = house.root
    const { id } = await newKey(house.root, {
      MultiRegion: true,
      Description: 'the primary',
      Tags: [{ TagKey: 'stage', TagValue: 'primary' }],
      Policy: keyPolicy(),
    })
    const primary = await described(house, home, id)
    const Policy = keyPolicy({ Sid: 'Mine', Effect: 'Allow', Principal: '*', Action: 'kms:DescribeKey' })
    const answer = await answerOf(
      kms.replicateKey({
        KeyId: id,
        ReplicaRegion: ireland,
        Policy,
        Description: 'the replica',
        Tags: [{ TagKey: 'stage', TagValue: 'replica' }],
      }),
    )
    const configuration = {
      MultiRegionKeyType: 'REPLICA',
      PrimaryKey: member(home, id),
      ReplicaKeys: [member(ireland, id)],
    }
    expect(answer).toEqual({
      ReplicaKeyMetadata: {
        ...primary,
        Arn: arnIn(ireland, id),
        Description: 'the replica',
        Enabled: false,
        KeyState: 'Creating',
        MultiRegionConfiguration: configuration,
      },
      ReplicaPolicy: Policy,
      ReplicaTags: [{ TagKey: 'stage', TagValue: 'replica' }],
    })
    expect(await described(house, ireland, id)).toEqual(answer.ReplicaKeyMetadata)
    expect((await described(house, home, id))?.MultiRegionConfiguration).toEqual({
      ...configuration,
      MultiRegionKeyType: 'PRIMARY',
    })
    const there = house.root.kmsIn(ireland)
    expect((await there.getKeyPolicy({ KeyId: id })).Policy).toBe(Policy)
    expect((await there.listResourceTags({ KeyId: id })).Tags).toEqual(answer.ReplicaTags)
    expect((await kms.getKeyPolicy({ KeyId: id })).Policy).toBe(keyPolicy())
  })

  test('is replicated with the default policy, no tags and no description where none are given', async () => {
    const { id } = await newKey(house.root, { MultiRegion: true, Policy: keyPolicy(), Description: 'one' })
    const answer = await house.root.kms.replicateKey({ KeyId: id, ReplicaRegion: ireland })
    expect(answer.ReplicaKeyMetadata?.Description).toBe('')
    expect(answer.ReplicaPolicy).toContain('"Sid" : "Enable IAM User Permissions"')
    expect(answer.ReplicaTags).toEqual([])
  })

  test('is creating for a moment, in which it can be managed but not used', async () => {
    const { kms } = house.root
    const { id } = await newKey(house.root, { MultiRegion: true })
    await kms.replicateKey({ KeyId: id, ReplicaRegion: ireland })
    const there = house.root.kmsIn(ireland)
    const sealed = await kms.encrypt({ KeyId: id, Plaintext: bytes('noon') })
    const creating = `${arnIn(ireland, id)} is creating.`
    const decrypt = () => there.decrypt({ CiphertextBlob: sealed.CiphertextBlob })
    await refused(decrypt(), 'KMSInvalidStateException', creating)
    await refused(there.disableKey({ KeyId: id }), 'KMSInvalidStateException', creating)
    await there.tagResource({ KeyId: id, Tags: [{ TagKey: 'a', TagValue: 'b' }] })
    await there.createAlias({ AliasName: 'alias/early', TargetKeyId: id })
    house.clock.advance(999)
    expect(await stateOf(house, ireland, id)).toBe('Creating')
    house.clock.advance(1)
    expect(await described(house, ireland, id)).toMatchObject({ KeyState: 'Enabled', Enabled: true })
    expect(textOf((await decrypt()).Plaintext)).toBe('noon')
  })

  test('seals in one Region what every related one opens, under its own ARN', async () => {
    const { id } = await replicated(house, [ireland, mumbai])
    for (const here of [home, ireland, mumbai]) {
      const EncryptionContext = { from: here }
      const { CiphertextBlob } = await house.root
        .kmsIn(here)
        .encrypt({ KeyId: id, Plaintext: bytes('noon'), EncryptionContext })
      for (const there of [home, ireland, mumbai]) {
        const kms = house.root.kmsIn(there)
        const opened = await kms.decrypt({ CiphertextBlob, EncryptionContext })
        expect([opened.KeyId, textOf(opened.Plaintext)]).toEqual([arnIn(there, id), 'noon'])
        const named = await kms.decrypt({ CiphertextBlob, EncryptionContext, KeyId: arnIn(there, id) })
        expect(textOf(named.Plaintext)).toBe('noon')
      }
    }
  })

  test('does not open in a Region without a replica, and does once there is one', async () => {
    const { id } = await replicated(house, [])
    const { CiphertextBlob } = await house.root.kms.encrypt({ KeyId: id, Plaintext: bytes('noon') })
    const there = house.root.kmsIn(ireland)
    await refused(there.decrypt({ CiphertextBlob }), 'AccessDeniedException', /does not exist in this region/)
    await house.root.kms.replicateKey({ KeyId: id, ReplicaRegion: ireland })
    house.clock.advance(1000)
    expect(textOf((await there.decrypt({ CiphertextBlob })).Plaintext)).toBe('noon')
  })

  test('may be a pair: both Regions have the same public key, and verify each other’s signatures', async () => {
    const { id } = await replicated(house, [ireland], {
      KeySpec: 'ECC_NIST_P256',
      KeyUsage: 'SIGN_VERIFY',
    })
    const [here, there] = [house.root.kms, house.root.kmsIn(ireland)]
    const publicKeys = [await here.getPublicKey({ KeyId: id }), await there.getPublicKey({ KeyId: id })]
    expect(publicKeys[0]?.PublicKey).toEqual(publicKeys[1]?.PublicKey)
    const signed = { KeyId: id, Message: bytes('noon'), SigningAlgorithm: 'ECDSA_SHA_256' } as const
    const { Signature } = await there.sign(signed)
    expect((await here.verify({ ...signed, Signature })).SignatureValid).toBe(true)
  })

  test('keeps policy, state, tags, aliases, grants and description apart in each Region', async () => {
    const { id } = await replicated(house, [ireland])
    const [here, there] = [house.root.kms, house.root.kmsIn(ireland)]
    await there.disableKey({ KeyId: id })
    await there.updateKeyDescription({ KeyId: id, Description: 'there' })
    await there.createAlias({ AliasName: 'alias/there', TargetKeyId: id })
    await there.tagResource({ KeyId: id, Tags: [{ TagKey: 'a', TagValue: 'b' }] })
    await there.putKeyPolicy({
      KeyId: id,
      Policy: keyPolicy({ Sid: 'There', Effect: 'Deny', Principal: '*', Action: 'kms:Sign' }),
    })
    expect(await described(house, home, id)).toMatchObject({ KeyState: 'Enabled', Description: '' })
    expect((await here.listAliases({ KeyId: id })).Aliases).toEqual([])
    expect((await here.listResourceTags({ KeyId: id })).Tags).toEqual([])
    expect((await here.getKeyPolicy({ KeyId: id })).Policy).not.toContain('There')
    await here.createGrant({ KeyId: id, GranteePrincipal: rootArn, Operations: ['Decrypt'] })
    expect((await there.listGrants({ KeyId: id })).Grants).toEqual([])
  })
})

describe('ReplicateKey is refused', () => {
  const replicate = (KeyId: string, ReplicaRegion: string, input: object = {}) =>
    house.root.kms.replicateKey({ KeyId, ReplicaRegion, ...input })

  test('for a key of one Region, and for a replica in its own', async () => {
    const single = await newKey(house.root)
    const notPrimary = (arn: string) => `${arn} is not a multi-region primary key.`
    await refused(replicate(single.id, ireland), 'UnsupportedOperationException', notPrimary(single.arn))
    const { id } = await replicated(house, [ireland])
    await refused(
      house.root.kmsIn(ireland).replicateKey({ KeyId: id, ReplicaRegion: mumbai }),
      'UnsupportedOperationException',
      notPrimary(arnIn(ireland, id)),
    )
  })

  test('into a Region that has one of the related keys already, even one that is pending deletion', async () => {
    const { id } = await replicated(house, [ireland])
    await refused(replicate(id, home), 'AlreadyExistsException')
    await refused(replicate(id, ireland), 'AlreadyExistsException')
    await house.root.kmsIn(ireland).scheduleKeyDeletion({ KeyId: id })
    await refused(replicate(id, ireland), 'AlreadyExistsException')
  })

  test('into a Region that is not served, or is none', async () => {
    const { id } = await replicated(house, [])
    await refused(replicate(id, 'ap-northeast-1'), 'UnsupportedOperationException', /ap-northeast-1/)
    await refused(replicate(id, 'atlantis'), 'ValidationException', /at 'replicaRegion' failed/)
  })

  test('while the primary is disabled, pending deletion, or on its way to another Region', async () => {
    const { kms } = house.root
    const { id, arn } = await replicated(house, [ireland])
    await kms.updatePrimaryRegion({ KeyId: id, PrimaryRegion: ireland })
    await refused(
      house.root.kmsIn(ireland).replicateKey({ KeyId: id, ReplicaRegion: mumbai }),
      'KMSInvalidStateException',
      `${arnIn(ireland, id)} is updating.`,
    )
    const other = await replicated(house, [])
    await kms.disableKey({ KeyId: other.id })
    await refused(replicate(other.id, mumbai), 'DisabledException', `${other.arn} is disabled.`)
    await kms.scheduleKeyDeletion({ KeyId: other.id })
    await refused(
      replicate(other.id, mumbai),
      'KMSInvalidStateException',
      `${other.arn} is pending deletion.`,
    )
    expect(arn).toBe(arnIn(home, id))
  })

  test('with a key policy under which its author could not change it again, unless that is bypassed', async () => {
    const { id } = await replicated(house, [])
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: '*', Action: 'kms:DescribeKey', Resource: '*' }],
    })
    await refused(
      replicate(id, ireland, { Policy }),
      'MalformedPolicyDocumentException',
      'The new key policy will not allow you to update the key policy in the future.',
    )
    await refused(replicate(id, ireland, { Policy: '{' }), 'MalformedPolicyDocumentException')
    await replicate(id, ireland, { Policy, BypassPolicyLockoutSafetyCheck: true })
  })

  test('with tags that no key may have', async () => {
    const { id } = await replicated(house, [])
    const Tags = [...tagged('a'), ...tagged('a')]
    await refused(replicate(id, ireland, { Tags }), 'TagException')
  })

  test('with nothing left behind', async () => {
    const { id } = await replicated(house, [])
    await refused(replicate(id, ireland, { Policy: '{' }), 'MalformedPolicyDocumentException')
    expect((await described(house, home, id))?.MultiRegionConfiguration?.ReplicaKeys).toEqual([])
    await refused(house.root.kmsIn(ireland).describeKey({ KeyId: id }), 'NotFoundException')
  })
})

test('replicas open what their primary sealed after the service was started anew', async () => {
  const own = await serve(inRegions)
  const { id } = await replicated(own, [ireland])
  const { CiphertextBlob } = await own.root.kms.encrypt({ KeyId: id, Plaintext: bytes('noon') })
  await own.restart()
  expect(textOf((await own.root.kmsIn(ireland).decrypt({ CiphertextBlob })).Plaintext)).toBe('noon')
  await own.close()
})
