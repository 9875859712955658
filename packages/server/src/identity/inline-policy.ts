/** An identity policy written into one user, group or role. */
export interface InlinePolicy {
  readonly account: string
  readonly ownerId: string
  readonly name: string
  readonly text: string
}
