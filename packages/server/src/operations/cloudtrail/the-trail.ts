import type { Call } from '../../call/call.ts'
import type { Parts } from '../parts.ts'

/**
 * There is one trail here, which nobody can stop: the audit journal. To whoever asks as on AWS it is shown as a trail of
 * all Regions whose files prove that they were not changed.
 */
export const trailName = 'claviger'

/** Where the trail is at home: the first Region that is served. */
export function homeRegion({ regions }: Parts): string {
  return regions[0] ?? 'us-east-1'
}

export function trailArn({ caller }: Call, parts: Parts): string {
  return `arn:aws:cloudtrail:${homeRegion(parts)}:${caller.account}:trail/${trailName}`
}
