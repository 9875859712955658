import { Refusal } from '../../protocol/errors.ts'
import type { CloudtrailOperations } from '../../protocol/models/cloudtrail.ts'
import type { Operation, Subject } from '../operation.ts'
import { trailArn, trailName } from './the-trail.ts'

type Types = CloudtrailOperations['GetTrailStatus']

export const getTrailStatus: Operation<Types['input'], Types['output'], Subject> = {
  service: 'cloudtrail',
  name: 'GetTrailStatus',
  summary: 'Says that the trail is on; it cannot be stopped.',
  defaults: {},
  check: () => undefined,
  find: async () => ({ keys: [] }),
  needs: (_input, _subject, call) => [
    {
      action: 'cloudtrail:GetTrailStatus',
      resource: `arn:aws:cloudtrail:${call.region}:${call.caller.account}:trail/${trailName}`,
      named: 'by-caller',
      facts: {},
    },
  ],
  require: () => undefined,
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
}
