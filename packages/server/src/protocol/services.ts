import { iam } from './models/iam.ts'
import { kms } from './models/kms.ts'
import { sts } from './models/sts.ts'

/** The services spoken here, under the names credential scopes give them, and how each is spoken. */
export const services = {
  kms: { protocol: 'json', model: kms },
  iam: { protocol: 'query', model: iam },
  sts: { protocol: 'query', model: sts },
} as const

export type ServiceName = keyof typeof services

/** Whether a credential scope names a service that is spoken here. */
export function isServiceName(name: string): name is ServiceName {
  return Object.hasOwn(services, name)
}
