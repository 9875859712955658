import type { CloudtrailOperations } from '../../protocol/models/cloudtrail.ts'
import type { Operation, Subject } from '../operation.ts'
import { homeRegion, trailArn, trailName } from './the-trail.ts'

type Types = CloudtrailOperations['DescribeTrails']

export const describeTrails: Operation<Types['input'], Types['output'], Subject> = {
  service: 'cloudtrail',
  name: 'DescribeTrails',
  summary: 'Describes the one trail there is: the audit journal.',
  defaults: {},
  check: () => undefined,
  find: async () => ({ keys: [] }),
  needs: () => [{ action: 'cloudtrail:DescribeTrails', resource: '*', named: 'not-at-all', facts: {} }],
  require: () => undefined,
  async handle({ input, call, parts }) {
    const TrailARN = trailArn(call, parts)
    const isMeant =
      input.trailNameList === undefined ||
      input.trailNameList.length === 0 ||
      input.trailNameList.some((name) => name === trailName || name === TrailARN)
    const trail = {
      Name: trailName,
      TrailARN,
      HomeRegion: homeRegion(parts),
      IsMultiRegionTrail: true,
      IncludeGlobalServiceEvents: true,
      LogFileValidationEnabled: true,
      HasCustomEventSelectors: false,
      HasInsightSelectors: false,
      IsOrganizationTrail: false,
    }
    return { trailList: isMeant ? [trail] : [] }
  },
}
