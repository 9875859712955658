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

  /** The same for several records that are JSON already: objects, on one line each. */
  appendWritten(records: readonly string[]): Promise<void>

  /** Which of these events it has already: for whoever does not know whether an append before a crash was durable. */
  findEvents(
    events: readonly { readonly eventID: string; readonly eventTime: string }[],
  ): Promise<ReadonlySet<string>>

  /** The record of the call with this request id; `undefined` when there is none. May read the whole journal. */
  findRequest(requestId: string): Promise<object | undefined>

  /** How far it is durable: bytes of its last file. */
  length(): JournalLength

  /** The number of its last durable line: what is appended from now on is behind it. */
  lastSequence(): number

  /**
   * Hands over the durable records behind the line of that number, oldest first; all there are when the journal ends
   * before it, and so is another one than the number is from.
   */
  readAfter(sequence: number, visit: (record: object) => void): Promise<void>

  /** Reads the whole journal back and says whether every line is as it was written and signed. */
  verify(): Promise<JournalEnd | JournalFault>

  /** Lets what is under way become durable, then lets go. Appending afterwards is a bug. */
  close(): Promise<void>
}

/** A place behind durable lines: so many bytes of that file. */
export interface JournalLength {
  readonly segment: number
  readonly length: number
}

/** A journal that is whole. */
export interface JournalEnd {
  /** Records and checkpoints together: the number of the last one. */
  readonly lines: number
  readonly records: number
  /** SHA-256 of the last line, in hex; 64 zeros for a journal without lines. */
  readonly lastHash: string
  /** Bytes behind the last line, of one that was being written when its process ended. */
  readonly tornBytes: number
  /**
   * Lines behind the one that was signed last: of calls that had no answer yet when their process ended. Present when
   * signatures were looked at.
   */
  readonly unproven?: number
  /** The number of the last line that was deleted because its time was up; absent while none was. */
  readonly deleted?: number
}

/** A line's place: the file's number, and the line's in that file; both count from 1. */
export interface Position {
  readonly segment: number
  readonly line: number
}

/** The first place at which a journal is not what was written. */
export interface JournalFault extends Position {
  /**
   * `forged`: the lines are linked, and a signature shows that they are not those that were written. `headless`: what
   * says where the journal ends is missing. `cut`: lines that were written are not there any more.
   */
  readonly fault: 'changed' | 'missing' | 'reordered' | 'cut' | 'forged' | 'headless'
  /** For `forged`: the first line it may have begun with; those before are vouched for. */
  readonly since?: Position
}
