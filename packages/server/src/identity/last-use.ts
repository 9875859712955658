/** When something was last used: an access key, a role. */
export interface LastUse {
  /** The access key id, or the role's unique id. */
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly service: string
  readonly region: string
}
