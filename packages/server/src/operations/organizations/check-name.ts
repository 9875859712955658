import { Refusal } from '../../protocol/errors.ts'

/**
 * Refuses the one character that names may have by the service model and that no store can have in a name.
 *
 * @throws Refusal `InvalidInputException`
 */
export function checkName({ Name: name = '' }: { readonly Name?: string }): void {
  if (!name.includes('\0')) return
  throw new Refusal(
    'InvalidInputException',
    'You provided a value that does not match the required pattern.',
    { reason: 'INVALID_PATTERN' },
  )
}
