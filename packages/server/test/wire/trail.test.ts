import { paginateLookupEvents } from '@aws-sdk/client-cloudtrail'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { account, bytes, newKey, refused, type Serving, serve } from '../serving.ts'

/** What happened, looked up as on AWS. */

let house: Serving

beforeAll(async () => {
  house = await serve({ regions: 'us-east-1,eu-central-1' })
})
afterAll(() => house.close())

const cloudTrail = (region = 'us-east-1') => house.root.cloudTrailIn(region)

describe('LookupEvents', () => {
  test('knows a call as soon as it is answered, with the record that the journal has', async () => {
    const { arn } = await newKey(house.root)
    const { $metadata } = await house.root.kms.encrypt({ KeyId: arn, Plaintext: bytes('hush') })
    const { Events = [] } = await cloudTrail().lookupEvents({
      LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: arn }],
    })
    expect(Events.map(({ EventName }) => EventName)).toEqual(['Encrypt', 'CreateKey'])
    const [event] = Events
    expect(event).toMatchObject({
      EventSource: 'kms.amazonaws.com',
      Username: 'root',
      ReadOnly: 'true',
      AccessKeyId: house.root.credentials.accessKeyId,
      EventTime: new Date(house.clock.now()),
      Resources: [{ ResourceType: 'AWS::KMS::Key', ResourceName: arn }],
    })
    expect(JSON.parse(String(event?.CloudTrailEvent))).toMatchObject({
      eventID: event?.EventId,
      requestID: $metadata.requestId,
      additionalEventData: { decision: { outcome: 'Allow' } },
    })
  })

  test('shows denials too, and each Region its own', async () => {
    const eve = await house.user('eve')
    const { arn } = await newKey(house.root)
    await refused(eve.kms.describeKey({ KeyId: arn }), 'AccessDeniedException')
    const wanted = { LookupAttributes: [{ AttributeKey: 'Username' as const, AttributeValue: 'eve' }] }
    const { Events = [] } = await cloudTrail().lookupEvents(wanted)
    expect(Events).toHaveLength(1)
    expect(String(Events[0]?.CloudTrailEvent)).toContain('"errorCode":"AccessDenied"')
    expect((await cloudTrail('eu-central-1').lookupEvents(wanted)).Events).toEqual([])
  })

  test('is paged through by the SDK’s own paginator, each event once', async () => {
    const { arn } = await newKey(house.root)
    for (let at = 0; at < 7; at += 1) await house.root.kms.encrypt({ KeyId: arn, Plaintext: bytes(`${at}`) })
    const seen: string[] = []
    const pages = paginateLookupEvents(
      { client: cloudTrail(), pageSize: 3 },
      { LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: arn }] },
    )
    for await (const { Events = [] } of pages) {
      expect(Events.length).toBeLessThanOrEqual(3)
      seen.push(...Events.map(({ EventId }) => String(EventId)))
    }
    // The seven, and the making of the key.
    expect(new Set(seen).size).toBe(8)
    expect(seen).toHaveLength(8)
  })

  test('looks 90 days back and no further', async () => {
    const { arn } = await newKey(house.root)
    await house.root.kms.describeKey({ KeyId: arn })
    const wanted = { LookupAttributes: [{ AttributeKey: 'ResourceName' as const, AttributeValue: arn }] }
    expect((await cloudTrail().lookupEvents(wanted)).Events).toHaveLength(2)
    house.clock.advance(91 * 86_400_000)
    expect((await cloudTrail().lookupEvents(wanted)).Events).toEqual([])
  })

  test('refuses what CloudTrail refuses', async () => {
    const attribute = { AttributeKey: 'EventName' as const, AttributeValue: 'Encrypt' }
    const client = cloudTrail()
    await refused(
      client.lookupEvents({ LookupAttributes: [attribute, attribute] }),
      'InvalidLookupAttributesException',
    )
    await refused(client.lookupEvents({ NextToken: 'made up' }), 'InvalidNextTokenException')
    const [StartTime, EndTime] = [new Date(2000), new Date(1000)]
    await refused(client.lookupEvents({ StartTime, EndTime }), 'InvalidTimeRangeException')
    const stranger = await house.user('nobody-to-the-trail')
    await refused(
      stranger.cloudTrailIn('us-east-1').lookupEvents({}),
      'AccessDeniedException',
      /cloudtrail:LookupEvents/,
    )
  })
})

test('the trail is described as what it is: one for all Regions, always on', async () => {
  const client = cloudTrail()
  const { trailList = [] } = await client.describeTrails({})
  expect(trailList).toMatchObject([
    {
      Name: 'claviger',
      TrailARN: `arn:aws:cloudtrail:us-east-1:${account}:trail/claviger`,
      IsMultiRegionTrail: true,
      LogFileValidationEnabled: true,
    },
  ])
  expect(await client.getTrailStatus({ Name: 'claviger' })).toMatchObject({ IsLogging: true })
  await refused(client.getTrailStatus({ Name: 'another' }), 'TrailNotFoundException')
  expect((await client.describeTrails({ trailNameList: ['another'] })).trailList).toEqual([])
})
