/** The record of a change, stored with the change itself until the journal has it. */
export interface PendingRecord {
  readonly eventId: string
  readonly record: object
}
