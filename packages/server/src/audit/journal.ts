/** Where audit records go: a list that only grows, and in which no line can be changed without it showing. */
export interface Journal {
  /**
   * Resolves when the record would survive a power failure; only then may the answer it tells of leave. The record
   * is taken as it is now: changing it afterwards changes nothing. Records are kept in the order of the calls.
   *
   * Rejects when it could not be made durable. It may still be found in the journal then: a record of something
   * that never left is harmless, the reverse is what cannot happen. A later append tries again.
   */
  append(record: object): Promise<void>

  /** Which of these events it has already: for whoever does not know whether an append before a crash was durable. */
  findEvents(
    events: readonly { readonly eventID: string; readonly eventTime: string }[],
  ): Promise<ReadonlySet<string>>

  /** The record of the call with this request id; `undefined` when there is none. May read the whole journal. */
  findRequest(requestId: string): Promise<object | undefined>

  /** Reads the whole journal back and says whether every line is as it was written. */
  verify(): Promise<JournalEnd | JournalFault>

  /** Lets what is under way become durable, then lets go. Appending afterwards is a bug. */
  close(): Promise<void>
}

/** A journal that is whole. Its end is worth writing down elsewhere: lines cut off later do not show otherwise. */
export interface JournalEnd {
  readonly lines: number
  /** SHA-256 of the last line, in hex; 64 zeros for a journal without lines. */
  readonly lastHash: string
  /** Bytes behind the last line, of one that was being written when its process ended. */
  readonly tornBytes: number
}

/** The first place at which a journal is not what was written. */
export interface JournalFault {
  readonly fault: 'changed' | 'missing' | 'reordered' | 'cut'
  /** The file's number, and the line's in that file; both count from 1. */
  readonly segment: number
  readonly line: number
}
