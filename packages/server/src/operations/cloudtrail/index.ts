import type { AnyOperation } from '../operation.ts'
import { describeTrails } from './describe-trails.ts'
import { getTrailStatus } from './get-trail-status.ts'
import { lookupEvents } from './lookup-events.ts'

/** The operations of CloudTrail. To add one, write its file and its line here. */
export const cloudTrailOperations = [
  describeTrails,
  getTrailStatus,
  lookupEvents,
] as unknown as readonly AnyOperation[]
