/** A denial as it is stored: found by its request, pruned by its age. */
export interface StoredDenial {
  readonly requestId: string
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Its record, packed. */
  readonly record: string
}
