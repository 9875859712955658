import type { AnyOperation } from '../operation.ts'
import { assumeRole } from './assume-role.ts'
import { assumeRoleWithWebIdentity } from './assume-role-with-web-identity.ts'
import { assumeRoot } from './assume-root.ts'
import { decodeAuthorizationMessage } from './decode-authorization-message.ts'
import { getAccessKeyInfo } from './get-access-key-info.ts'
import { getCallerIdentity } from './get-caller-identity.ts'
import { getFederationToken } from './get-federation-token.ts'
import { getForwardAccessSession } from './get-forward-access-session.ts'
import { getSessionToken } from './get-session-token.ts'

/** The operations of STS. To add one, write its file and its line here. */
export const stsOperations = [
  assumeRole,
  assumeRoleWithWebIdentity,
  assumeRoot,
  decodeAuthorizationMessage,
  getAccessKeyInfo,
  getCallerIdentity,
  getFederationToken,
  getSessionToken,
  getForwardAccessSession,
] as unknown as readonly AnyOperation[]
