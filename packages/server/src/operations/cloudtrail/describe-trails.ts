import { onTrail } from './on-trail.ts'
import { homeRegion, trailArn, trailName } from './the-trail.ts'

export const describeTrails = onTrail({
  name: 'DescribeTrails',
  summary: 'Describes the one trail there is: the audit journal.',
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
})
