import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { arnIn, described, home, inRegions, ireland, mumbai, replicated } from '../regions.ts'
import { account, newKey, type Serving, serve } from '../serving.ts'
import { recordsIn } from './read-records.ts'

let house: Serving
beforeAll(async () => {
  house = await serve(inRegions)
})
afterAll(() => house.close())

describe('of keys in several Regions the journal', () => {
  /** The records of one Region and one request, or of what the service did there by itself. */
  const recorded = async (region: string, requestId?: string) =>
    (await recordsIn(house.dataDir)).filter(
      (record) => record.awsRegion === region && (requestId === undefined || record.requestID === requestId),
    )

  test('has a replication in the primary’s Region, and in the replica’s that a key was made', async () => {
    const { id, arn } = await newKey(house.root, { MultiRegion: true })
    const answer = await house.root.kms.replicateKey({ KeyId: id, ReplicaRegion: ireland })
    const { requestId } = answer.$metadata
    expect(await recorded(home, requestId)).toMatchObject([
      {
        eventName: 'ReplicateKey',
        requestParameters: {
          keyId: id,
          replicaRegion: ireland,
          bypassPolicyLockoutSafetyCheck: false,
          description: '',
        },
        responseElements: {
          replicaKeyMetadata: { arn: arnIn(ireland, id), keyState: 'Creating', enabled: false },
          replicaPolicy: answer.ReplicaPolicy,
        },
        resources: [{ ARN: arn }],
        readOnly: false,
      },
    ])
    expect(await recorded(ireland, requestId)).toMatchObject([
      {
        eventName: 'CreateKey',
        userIdentity: { type: 'Root', invokedBy: 'kms.amazonaws.com' },
        requestParameters: { multiRegion: true, keySpec: 'SYMMETRIC_DEFAULT', origin: 'AWS_KMS', tags: [] },
        responseElements: { keyMetadata: { arn: arnIn(ireland, id) } },
      },
    ])
  })

  test('has an event of the service’s own when a replica has its material', async () => {
    const { id } = await replicated(house, [mumbai])
    await described(house, mumbai, id)
    const all = (await recorded(mumbai)).filter(({ eventName }) => eventName === 'SynchronizeMultiRegionKey')
    expect(all.at(-1)).toMatchObject({
      userIdentity: { accountId: account, invokedBy: 'AWS Internal' },
      sourceIPAddress: 'AWS Internal',
      requestParameters: null,
      responseElements: { keyId: arnIn(mumbai, id) },
      resources: [{ accountId: account, type: 'AWS::KMS::Key', ARN: arnIn(mumbai, id) }],
      eventType: 'AwsApiCall',
    })
  })

  test('has a change of primary in both Regions, under one request', async () => {
    const { id, arn } = await replicated(house, [ireland])
    const { $metadata } = await house.root.kms.updatePrimaryRegion({ KeyId: id, PrimaryRegion: ireland })
    const [here] = await recorded(home, $metadata.requestId)
    const [there] = await recorded(ireland, $metadata.requestId)
    expect(here).toMatchObject({
      eventName: 'UpdatePrimaryRegion',
      requestParameters: { keyId: id, primaryRegion: ireland },
      responseElements: { keyId: arn },
    })
    expect(there).toMatchObject({
      eventName: 'UpdatePrimaryRegion',
      userIdentity: { invokedBy: 'kms.amazonaws.com' },
      requestParameters: { keyId: arnIn(ireland, id), primaryRegion: ireland },
      responseElements: { keyId: arnIn(ireland, id) },
    })
    expect(here?.eventID).not.toBe(there?.eventID)
  })

  test('has nothing in the other Region of what was refused', async () => {
    const { id } = await replicated(house, [ireland])
    const call = house.root.kms.replicateKey({ KeyId: id, ReplicaRegion: ireland })
    const { $metadata } = await call.catch((error) => error)
    expect(await recorded(home, $metadata.requestId)).toMatchObject([{ errorCode: 'AlreadyExistsException' }])
    expect(await recorded(ireland, $metadata.requestId)).toEqual([])
  })
})
