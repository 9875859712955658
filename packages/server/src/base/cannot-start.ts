/**
 * Why the service will not start or go on with what it found on this machine: one sentence for the person
 * who runs it, naming the file or directory and, where there is one, the way out. It is not a bug, so it is
 * shown without a stack.
 */
export class CannotStart extends Error {
  override readonly name = 'CannotStart'
}
