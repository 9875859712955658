/** A file that cannot be applied as things are: a sentence for whoever applies it, and what would help. */
export class CannotApply extends Error {
  override readonly name = 'CannotApply'
  readonly hint: string | undefined

  constructor(message: string, hint?: string) {
    super(message)
    this.hint = hint
  }
}
