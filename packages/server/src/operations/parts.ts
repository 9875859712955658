import type { Chance } from '../base/chance.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Safe } from '../root-key/safe.ts'

/** What operations work with, put together once in `main.ts`. */
export interface Parts {
  readonly catalog: Catalog
  readonly safe: Safe
  readonly chance: Chance
}
