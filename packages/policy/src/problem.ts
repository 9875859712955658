/** One thing wrong with a policy document, and where. */
export interface Problem {
  /** `Statement[1].Condition.StringLik`; empty for the document itself. */
  readonly path: string
  readonly message: string
  readonly line: number
  readonly column: number
  readonly kind: ProblemKind
}

/**
 * What kind of thing it is. Services report only one problem, and which one depends on the kind
 * (`malformedPolicyMessage`).
 */
export type ProblemKind =
  /** The text is not JSON, or gives a name twice. */
  | 'syntax'
  /** An element is missing, unknown, or of the wrong type. */
  | 'grammar'
  | 'version'
  /** Well formed, but refused by the older of IAM's two parsers: letters of `Effect`, dates, cut-off ARNs. */
  | 'legacy'
  | 'sid'
  | 'missing-action'
  | 'resource-format'
  | 'action-format'
  | 'missing-resource'
  | 'principal'
  | 'overly-permissive'
  /** Valid JSON policy language that this kind of policy does not take. */
  | 'not-supported'
