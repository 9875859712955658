import type { Chance } from '../base/chance.ts'
import { newIdentifier } from './identifier.ts'

/** What each kind of thing has a unique id of its own for, by the letters it begins with. */
const prefixes = {
  user: 'AIDA',
  group: 'AGPA',
  role: 'AROA',
  instanceProfile: 'AIPA',
  managedPolicy: 'ANPA',
} as const

/** The unique id of something new: 21 characters, never given twice (IAM User Guide, "Unique identifiers"). */
export function newUniqueId(kind: keyof typeof prefixes, chance: Chance): string {
  return newIdentifier(prefixes[kind], 17, chance)
}
