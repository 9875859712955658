/** A policy that names principals, as written, and who they were when it was put. */
export interface BoundPolicy {
  readonly text: string
  /** ARN in a `Principal` element → the unique id it stood for (decision 6). */
  readonly bindings: Readonly<Record<string, string>>
}
