import { invalidMarker, page, pageOf } from '../../keys/paging.ts'
import { canRotate } from '../../keys/rotation.ts'
import { Refusal } from '../../protocol/errors.ts'
import { onKey } from '../on-key.ts'
import { rotationEntry } from './rotation-entry.ts'

export const listKeyRotations = onKey({
  name: 'ListKeyRotations',
  summary: 'Lists what a key has been rotated to, or all material it ever had.',
  require(input, { key }) {
    if (input.IncludeKeyMaterial === undefined || canRotate(key)) return
    throw new Refusal(
      'UnsupportedOperationException',
      `IncludeKeyMaterial is supported for keys that can be rotated only; the key spec of this one is ${key.keySpec}.`,
    )
  },
  async handle({ input, subject: { key: entry } }) {
    const { limit, after: [last] = [] } = pageOf('ListKeyRotations', input)
    const { key } = entry
    const all = canRotate(key) ? key.materials : []
    const lastAt = all.findIndex(({ materialId }) => materialId === last)
    if (last !== undefined && lastAt === -1) throw invalidMarker()
    const listed = all
      .slice(lastAt + 1)
      .filter(({ rotatedAt }) => input.IncludeKeyMaterial === 'ALL_KEY_MATERIAL' || rotatedAt !== undefined)
    const { items, ending } = page(listed, limit, ({ materialId }) => [materialId])
    return { Rotations: items.map((facts) => rotationEntry(key, facts)), ...ending }
  },
})
