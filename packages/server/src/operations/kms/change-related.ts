import { relatedChanges } from '../../catalog/related-changes.ts'
import { relatedKeys } from '../../catalog/related-keys.ts'
import type { Key } from '../../keys/key.ts'
import { isPrimary } from '../../keys/multi-region.ts'
import type { KeySubject } from '../on-key.ts'
import type { Handling } from '../operation.ts'

/** Changes what related keys share: in all of them at once, so that they never differ. For most keys, that key alone. */
export async function changeRelated(
  change: (key: Key) => Key,
  {
    subject: { key },
    parts: { catalog },
    changes,
    recordEvent,
  }: Pick<Handling<unknown, KeySubject>, 'subject' | 'parts' | 'changes' | 'recordEvent'>,
): Promise<void> {
  const before = await relatedKeys(key, catalog)
  const after = before.map((entry) => change(entry.key))
  changes.include(relatedChanges(before, after))
  for (const each of after) {
    if (!isPrimary(each)) recordEvent({ name: 'SynchronizeMultiRegionKey', key: each })
  }
}
