import { stsHere } from './extensions.ts'
import { cloudtrail } from './models/cloudtrail.ts'
import { iam } from './models/iam.ts'
import { kms } from './models/kms.ts'
import { organizations } from './models/organizations.ts'

/** The services spoken here, under the names credential scopes give them, and how each is spoken. */
export const services = {
  kms: { protocol: 'json', model: kms },
  iam: { protocol: 'query', model: iam },
  sts: { protocol: 'query', model: stsHere },
  organizations: { protocol: 'json', model: organizations },
  cloudtrail: { protocol: 'json', model: cloudtrail },
} as const

export type ServiceName = keyof typeof services

/** Whether a credential scope names a service that is spoken here. */
export function isServiceName(name: string): name is ServiceName {
  return Object.hasOwn(services, name)
}
