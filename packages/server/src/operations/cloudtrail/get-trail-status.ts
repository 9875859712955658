import { Refusal } from '../../protocol/errors.ts'
import { onTrail } from './on-trail.ts'
import { trailArn, trailName } from './the-trail.ts'

export const getTrailStatus = onTrail({
  name: 'GetTrailStatus',
  summary: 'Says that the trail is on; it cannot be stopped.',
  resource: (_input, _subject, { region, caller }) =>
    `arn:aws:cloudtrail:${region}:${caller.account}:trail/${trailName}`,
  async handle({ input, call, parts }) {
    if (input.Name !== trailName && input.Name !== trailArn(call, parts)) {
      throw new Refusal(
        'TrailNotFoundException',
        `Unknown trail: ${input.Name} for the user: ${call.caller.account}`,
      )
    }
    const account = await parts.catalog.store.find('account', [call.caller.account])
    return {
      IsLogging: true,
      ...(account === undefined ? {} : { StartLoggingTime: new Date(account.value.createdAt) }),
      // Nothing is answered before its record is on disk.
      LatestDeliveryTime: new Date(call.now),
      LatestDigestDeliveryTime: new Date(call.now),
    }
  },
})
