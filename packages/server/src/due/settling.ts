import { serviceEvent } from '../audit/service-event.ts'
import { settledState } from '../keys/multi-region.ts'
import type { DueRule } from './due-rule.ts'

/** A new replica is ready for use, or a key that became a primary, or was one, can be changed again. */
export const settling: DueRule = {
  async perform({ value: key, version }, _at, { chance, now }) {
    const { settlesAt: _settlesAt, ...kept } = key
    const settled = { ...kept, keyState: settledState(key) }
    const changes = [{ put: 'key', value: settled, expected: version }] as const
    if (key.keyState !== 'Creating') return { changes }
    return {
      changes,
      events: [serviceEvent('SynchronizeMultiRegionKey', key, { now, eventId: chance.uuid() })],
    }
  },
}
