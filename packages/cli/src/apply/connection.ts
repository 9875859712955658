import { askWhere } from '@claviger/server/asking'
import { exitCode, type Flags, type Io } from '../command.ts'
import { askRunning } from '../running-service.ts'
import { CannotApply } from './cannot-apply.ts'
import type { Connection, Credentials } from './clients.ts'
import { readProfile } from './credentials-file.ts'

/** What to do for want of credentials. */
export const waysToCredentials = 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE'

/** The profile of the root user's credentials that the first start writes. */
const rootProfile = 'claviger'

/**
 * Where a file is applied, and as whom. An endpoint that is set is called as AWS clients call it; without one it is
 * the service that runs on the data directory, with its root user's credentials unless others are set. Nothing is
 * ever sent to AWS because an endpoint was forgotten.
 */
export async function findConnection(
  flags: Flags,
  io: Io,
  region: string | undefined,
): Promise<Connection | typeof exitCode.failed> {
  const { environment } = io
  const endpoint = flags['endpoint-url'] ?? environment.AWS_ENDPOINT_URL
  const called = region ?? environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION
  const own = ownCredentials(io)
  if (typeof endpoint === 'string') {
    return { endpoint, region: called ?? 'us-east-1', ...(own !== 'profile' && { credentials: own }) }
  }
  const where = await askRunning(flags, io, askWhere)
  if (where === exitCode.failed) return where
  const { url, regions, credentialsFile } = where
  const connection = { endpoint: url, region: called ?? regions[0] ?? 'us-east-1' }
  if (own !== 'profile') return { ...connection, credentials: own }
  if (environment.AWS_PROFILE !== undefined) return connection
  const root = credentialsFile === undefined ? undefined : await readProfile(credentialsFile, rootProfile)
  if (root !== undefined) return { ...connection, credentials: root }
  throw new CannotApply(`there are no credentials to call ${url} with`, waysToCredentials)
}

/** Credentials that are set themselves; `profile` where AWS's own chain is to look for some. */
function ownCredentials({ environment }: Io): Credentials | 'profile' {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = environment
  if (accessKeyId === undefined || secretAccessKey === undefined) return 'profile'
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) }
}
