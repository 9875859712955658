import { Refusal } from '../../protocol/errors.ts'

/**
 * Requires that what is to be deleted has nothing left: [what must be done before, how many there are of it].
 *
 * @throws Refusal `DeleteConflictException`
 */
export async function requireNothingLeft(
  ...left: readonly (readonly [deed: string, count: () => Promise<number>])[]
): Promise<void> {
  for (const [deed, count] of left) {
    if ((await count()) === 0) continue
    throw new Refusal('DeleteConflictException', `Cannot delete entity, must ${deed} first.`)
  }
}
