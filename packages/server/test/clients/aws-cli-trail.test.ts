import { expect } from 'vitest'
import { awsCli, deskOf, text } from './aws-cli.ts'
import { session } from './client.ts'

await session(awsCli, 'with the AWS CLI it is looked up what happened to a key', async (program) => {
  const { root, file } = await deskOf(program)
  const keyArn = await root.says('kms', 'create-key', ...text('KeyMetadata.Arn'))
  const letter = await file('letter', 'meet me at noon')
  const encrypt = ['kms', 'encrypt', '--key-id', keyArn, '--plaintext', `fileb://${letter}`]
  for (let count = 0; count < 3; count += 1) await root.says(...encrypt)
  await root.says('kms', 'disable-key', '--key-id', keyArn)
  expect(await root.fails(...encrypt)).toContain('DisabledException')

  const lookup = ['cloudtrail', 'lookup-events']
  const ofKey = [...lookup, '--lookup-attributes', `AttributeKey=ResourceName,AttributeValue=${keyArn}`]
  const names = (said: string) => said.split(/\s+/)
  const all = ['Encrypt', 'DisableKey', 'Encrypt', 'Encrypt', 'Encrypt', 'CreateKey']
  expect(names(await root.says(...ofKey, ...text('Events[].EventName')))).toEqual(all)

  // Pages, which the CLI turns by itself, and turns on from where it was told to stop.
  expect(names(await root.says(...ofKey, '--page-size', '2', ...text('Events[].EventName')))).toEqual(all)
  const some = JSON.parse(await root.says(...ofKey, '--max-items', '4', '--output', 'json'))
  expect(some.Events).toHaveLength(4)
  const rest = await root.says(...ofKey, '--starting-token', some.NextToken, ...text('Events[].EventName'))
  expect(names(rest)).toEqual(['Encrypt', 'CreateKey'])

  const record = JSON.parse(some.Events[0].CloudTrailEvent)
  expect(record).toMatchObject({
    eventName: 'Encrypt',
    errorCode: 'DisabledException',
    eventID: some.Events[0].EventId,
  })
  const byId = ['--lookup-attributes', `AttributeKey=EventId,AttributeValue=${record.eventID}`]
  expect(await root.says(...lookup, ...byId, ...text('Events[].EventName'))).toBe('Encrypt')
  const inThePast = ['--end-time', '2001-01-01T00:00:00Z']
  expect(await root.says(...ofKey, ...inThePast, ...text('Events[].EventName'))).toMatch(/^(?:None)?$/)
  expect(await root.fails(...lookup, '--start-time', '2002-01-01T00:00:00Z', ...inThePast)).toMatch(
    /^An error occurred \(InvalidTimeRangeException\) when calling the LookupEvents operation/,
  )
})
