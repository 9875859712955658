/** How far the stored last usages of keys go: whatever the journal has behind it is not in them yet. */
export interface UsageTracking {
  /** When tracking began. */
  readonly since: number
  /** The number of the journal's line up to which every use is accounted for. */
  readonly sequence: number
}

/** The key of the only one a store holds. */
export const theUsageTracking = ['tracking'] as const
