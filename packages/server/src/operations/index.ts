import type { ServiceName } from '../protocol/services.ts'
import { cloudTrailOperations } from './cloudtrail/index.ts'
import { iamOperations } from './iam/index.ts'
import { kmsOperations } from './kms/index.ts'
import type { AnyOperation } from './operation.ts'
import { organizationsOperations } from './organizations/index.ts'
import { stsOperations } from './sts/index.ts'

/** Everything the service does: each folder lists what is in it. */
export const operations: readonly AnyOperation[] = [
  ...kmsOperations,
  ...iamOperations,
  ...stsOperations,
  ...cloudTrailOperations,
  ...organizationsOperations,
]

const operationByName = new Map(
  operations.map((operation) => [`${operation.service}:${operation.name}`, operation]),
)

/** The operation of a service by its name; `undefined` for one that the service has and we do not, yet. */
export function findOperation(service: ServiceName, name: string): AnyOperation | undefined {
  return operationByName.get(`${service}:${name}`)
}
