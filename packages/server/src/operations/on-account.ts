import {
  declared,
  type KmsDeclaration,
  type KmsInput,
  type KmsName,
  type KmsOutput,
} from './kms-operation.ts'
import type { Operation, Subject } from './operation.ts'

interface OnAccount<N extends KmsName> extends KmsDeclaration<N, Subject> {
  /** Actions needed beside the operation's own. */
  readonly alsoNeeds?: (input: KmsInput<N>) => readonly string[]
}

/** An operation on no key that exists yet, or on all of them: the caller's own policies decide alone. */
export function onAccount<N extends KmsName>(
  operation: OnAccount<N>,
): Operation<KmsInput<N>, KmsOutput<N>, Subject> {
  const { name } = operation
  return {
    ...declared(operation),
    find: async () => ({ keys: [] }),
    needs: (input) =>
      [`kms:${name}`, ...(operation.alsoNeeds?.(input) ?? [])].map((action) => ({
        action,
        resource: '*',
        named: 'not-at-all' as const,
        facts: operation.facts?.(input) ?? {},
      })),
    require: () => undefined,
  }
}
