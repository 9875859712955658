import type { Kind } from './kinds.ts'

/** How a stored value of one kind is brought from the format before to this one. */
interface Upgrade {
  readonly to: number
  readonly kind: Kind
  /** What its table and columns were called before, where that has changed: old name to new. */
  readonly renames?: { readonly table: string; readonly columns: Readonly<Record<string, string>> }
  /** From what an older release wrote, as it reads; a new value, nothing of the old one changed. */
  of(old: Readonly<Record<string, unknown>>): object
}

/** Every change of a stored value that an older release would misread, oldest first; never edited, only added to. */
export const upgrades: readonly Upgrade[] = [
  // A key had one material; now it lists all it ever had. Its Region was its own business.
  {
    to: 2,
    kind: 'key',
    of({ currentMaterialId, multiRegion: _multiRegion, ...key }) {
      const material = { materialId: currentMaterialId, state: 'CURRENT', createdAt: key.createdAt }
      return { ...key, materials: currentMaterialId === undefined ? [] : [material] }
    },
  },
  // Only users had policies written into them.
  {
    to: 3,
    kind: 'inlinePolicy',
    renames: { table: 'user_policies', columns: { user_id: 'owner_id' } },
    of: ({ userId, ...policy }) => ({ ...policy, ownerId: userId }),
  },
]
