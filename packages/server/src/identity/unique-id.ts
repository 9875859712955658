import type { Chance } from '../base/chance.ts'
import { newIdentifier } from './identifier.ts'

/** The unique id of a new principal: 21 characters, never given twice (IAM User Guide, "Unique identifiers"). */
export function newUniqueId(prefix: 'AIDA', chance: Chance): string {
  return newIdentifier(prefix, 17, chance)
}
