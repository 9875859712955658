import type { BugCode, Refusal } from './errors.ts'
import { stsHere } from './extensions.ts'
import { cloudtrail } from './models/cloudtrail.ts'
import { iam } from './models/iam.ts'
import { kms } from './models/kms.ts'
import { organizations } from './models/organizations.ts'
import { invalidInput } from './organizations-validation.ts'
import type { Violation } from './shape.ts'

/** What there is to know about a service before any operation of it. */
interface ServiceRow {
  /** AWS JSON 1.1, or the query protocol with its answers in XML. */
  readonly protocol: 'json' | 'query'
  readonly model: object
  /** Where it is called: in each Region that is served, in the one that stands for all of them, or in both. */
  readonly regions: 'each' | 'global' | 'each and global'
  /** What a failure of ours is called. */
  readonly bug: BugCode
  /** The name that its own JSON exceptions have for their message. */
  readonly messageMember: 'message' | 'Message'
  /** How it words broken constraints, where that is not as everybody does. */
  readonly refuseViolations?: (found: readonly Violation[]) => Refusal
}

/** The services spoken here, one row each, under the names credential scopes give them. */
export const services = {
  kms: {
    protocol: 'json',
    model: kms,
    regions: 'each',
    bug: 'KMSInternalException',
    messageMember: 'message',
  },
  iam: {
    protocol: 'query',
    model: iam,
    regions: 'global',
    bug: 'ServiceFailureException',
    messageMember: 'Message',
  },
  sts: {
    protocol: 'query',
    model: stsHere,
    regions: 'each and global',
    bug: 'ServiceFailureException',
    messageMember: 'Message',
  },
  organizations: {
    protocol: 'json',
    model: organizations,
    regions: 'global',
    bug: 'ServiceException',
    messageMember: 'Message',
    refuseViolations: invalidInput,
  },
  cloudtrail: {
    protocol: 'json',
    model: cloudtrail,
    regions: 'each',
    bug: 'ServiceFailureException',
    messageMember: 'Message',
  },
} as const satisfies Readonly<Record<string, ServiceRow>>

export type ServiceName = keyof typeof services

/** What is the same to know of every service. */
export function serviceRow(name: ServiceName): ServiceRow {
  return services[name]
}

export const serviceNames = Object.keys(services) as readonly ServiceName[]

/** Whether a credential scope names a service that is spoken here. */
export function isServiceName(name: string): name is ServiceName {
  return Object.hasOwn(services, name)
}
