import { type Soon, whenHere } from '../base/soon.ts'
import type { Caller } from '../call/call.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Holder } from '../catalog/principals.ts'
import { Refusal } from '../protocol/errors.ts'
import type { ForwardSession } from '../root-key/forward-session.ts'
import type { Safe } from '../root-key/safe.ts'
import { type Credential, type SignedRequest, verifySignature } from './signature.ts'
import { withSource } from './source-headers.ts'

/** What credentials are looked up in. */
export interface Known {
  readonly catalog: Catalog
  readonly safe: Safe
}

/** What names credentials, and proves nothing. */
type Named = Pick<Credential, 'accessKeyId' | 'sessionToken'>

/**
 * Who signed a request: at once where everything about them is in memory, as it is for all but their first.
 *
 * @throws Refusal when nobody we know signed this, or not this, or not now
 */
export function authenticate(
  credential: Credential,
  request: Omit<SignedRequest, 'headers'>,
  now: number,
  known: Known,
): Soon<Caller> {
  const { sessionToken, accessKeyId } = credential
  const kept = sessionToken === undefined ? known.catalog.principals.keptHolder(accessKeyId) : undefined
  const found: Soon<Found> = kept?.active ? kept : holderOf(credential, now, known)
  return whenHere(found, (holder) => {
    verifySignature(credential, request, holder.secretAccessKey, now)
    return whenHere(requireOpenAccount(holder.caller, known), () => {
      noteUse(holder, credential, now, known)
      return withSource(holder.caller, credential.headers)
    })
  })
}

/** @throws Refusal `OptInRequired` for who calls from an account that was closed */
export function requireOpenAccount({ account }: Caller, { catalog }: Known): Soon<void> {
  // A service is of no account.
  if (account === '') return
  return whenHere(catalog.organizations.place(account), (place) => {
    if (place?.isClosed) throw new Refusal('OptInRequired')
  })
}

/** Has it remembered that credentials were used: of a session its role, of long-term ones the access key. */
export function noteUse(
  { roleId }: Found,
  { accessKeyId, sessionToken, scope: { region, service } }: Credential,
  now: number,
  { catalog }: Known,
): void {
  const id = roleId ?? (sessionToken === undefined ? accessKeyId : undefined)
  if (id !== undefined) catalog.lastUses.note({ id, at: now, service, region })
}

/** Whoever holds credentials; of a session, perhaps the role whose it is. */
interface Found extends Holder {
  readonly roleId?: string
}

/** Whoever holds credentials that are good now. @throws Refusal */
export async function holderOf(
  { accessKeyId, sessionToken }: Named,
  now: number,
  known: Known,
): Promise<Found> {
  const { catalog, safe } = known
  if (sessionToken === undefined) {
    const holder = await catalog.principals.holder(accessKeyId)
    if (holder === undefined || !holder.active) throw new Refusal('UnrecognizedClientException')
    return holder
  }
  const forward = safe.openForwardSession(sessionToken)
  const session = forward ?? (await catalog.sessions.holder(sessionToken, accessKeyId))
  if (session === undefined) throw new Refusal('UnrecognizedClientException')
  if (session.expiresAt <= now) throw new Refusal('ExpiredTokenException')
  return 'user' in session ? forwarded(session, accessKeyId, now, known) : session
}

/** Whoever a service calls for: the user as of now, through the service as long as it is one. */
async function forwarded(
  { user, service, secretAccessKey, ...session }: ForwardSession,
  accessKeyId: string,
  now: number,
  known: Known,
): Promise<Found> {
  if (session.accessKeyId !== accessKeyId) throw new Refusal('UnrecognizedClientException')
  const forUser = await holderOf({ sessionToken: undefined, ...user }, now, known)
  const through = await holderOf({ accessKeyId: service, sessionToken: undefined }, now, known)
  return { caller: { ...forUser.caller, via: serviceIn(through.caller) }, secretAccessKey, active: true }
}

/** The name that a service was registered by, which is `kms:ViaService` of what it does for its users. */
function serviceIn({ principal }: Caller): string {
  // An access key id is never given twice, so what was a service's is nobody else's now.
  if (principal.kind !== 'service') throw new Refusal('UnrecognizedClientException')
  return principal.regionalName ?? principal.service
}
