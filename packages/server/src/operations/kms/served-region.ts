import { Refusal } from '../../protocol/errors.ts'
import type { Parts } from '../parts.ts'

/** Refuses to put into a Region what nobody could then reach there. @throws Refusal `UnsupportedOperationException` */
export function requireServed(region: string, { regions }: Parts): void {
  if (regions.includes(region)) return
  throw new Refusal('UnsupportedOperationException', `Region ${region} is not supported.`)
}
