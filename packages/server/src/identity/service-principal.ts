import type { Chance } from '../base/chance.ts'
import { newIdentifier } from './identifier.ts'

/** What a registered service signs with. A service is known by having one; it may have two while it changes them. */
export interface ServiceCredential {
  /** `AKIA` and 16 letters or digits, as a user's. */
  readonly accessKeyId: string
  /** The name that the service was registered by: `s3.us-east-1.amazonaws.com`. */
  readonly service: string
  /** The secret access key, sealed under the root key, base64. */
  readonly sealedSecret: string
  readonly createdAt: number
}

/** As many as a user may have, for the same reason: one in use, one to change to. */
export const serviceCredentialsMost = 2

export function newServiceAccessKeyId(chance: Chance): string {
  return newIdentifier('AKIA', 16, chance)
}

const regional = /^([a-z0-9][a-z0-9-]*)\.([a-z]{2}(?:-[a-z]+)+-\d{1,2})\.amazonaws\.com$/
const named = /^[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)+$/

/** How the requests of a service's users are signed: under which name, and where it has one for which Region. */
export interface SigningName {
  readonly service: string
  readonly region?: string
}

/**
 * How users sign for a service: for `s3.us-east-1.amazonaws.com` under `s3` in that Region, as AWS clients do; for one
 * that is none of AWS's under its whole name, so that no two services can hear the same request.
 */
export function signingNameOf(service: string): SigningName {
  const [, name, region] = regional.exec(service) ?? []
  return name === undefined || region === undefined ? { service } : { service: name, region }
}

/** Why a service cannot have this name; `undefined` where it can. */
export function problemWithServiceName(
  name: string,
  own: (signingName: string) => boolean,
): string | undefined {
  if (!named.test(name) || name.length > 128) {
    return `\`${name}\` is not the name of a service, as s3.us-east-1.amazonaws.com or backup.internal`
  }
  if (name.endsWith('.amazonaws.com') && !regional.test(name)) {
    return `\`${name}\` says no Region; kms:ViaService has one, as in s3.us-east-1.amazonaws.com`
  }
  // What is signed for us is ours alone: nobody may present it as signed for them.
  return own(signingNameOf(name).service) ? `\`${name}\` is spoken here, and nobody else's` : undefined
}
