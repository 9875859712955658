import type { JWTPayload } from 'jose'
import { LRUCache } from 'lru-cache'
import { onFirstUse } from '../base/on-first-use.ts'
import { type OpenIdProvider, openIdProviderArn } from '../identity/open-id-provider.ts'
import { Refusal } from '../protocol/errors.ts'
import { type Claims, readClaims } from './claims.ts'
import { fetchJson } from './fetch-json.ts'

const jose = onFirstUse<typeof import('jose')>('jose')

/** Those that AWS takes. None of them is keyed with anything that the provider has published. */
const algorithms = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'] as const

/** For how long it is believed where a provider's keys are. The keys themselves are asked for sooner. */
const discoveryMs = 3_600_000

type Keys = ReturnType<typeof import('jose').createRemoteJWKSet>

/** Tokens of OpenID Connect providers, verified with the keys that their providers publish. */
export class IdentityTokens {
  readonly #keys = new LRUCache<string, Promise<Keys>>({ max: 1_000, ttl: discoveryMs })

  /**
   * What a provider says in a token of its own, that is for one of its clients and good now.
   *
   * @throws Refusal `InvalidIdentityTokenException`, `ExpiredIdentityTokenException`, `IDPCommunicationErrorException`
   */
  async verify(token: string, provider: OpenIdProvider, now: number): Promise<Claims> {
    const keys = await this.#keysOf(provider)
    const { payload } = await jose()
      .jwtVerify(token, keys, {
        issuer: `https://${provider.place}`,
        algorithms: [...algorithms],
        requiredClaims: ['sub', 'aud', 'exp', 'iat'],
        currentDate: new Date(now),
      })
      .catch((error) => {
        throw refusalOf(error, token, now)
      })
    return readClaims(payload, provider)
  }

  async #keysOf(provider: OpenIdProvider): Promise<Keys> {
    const name = `${openIdProviderArn(provider)} ${provider.thumbprints.join(' ')}`
    const kept = this.#keys.get(name)
    if (kept !== undefined) return kept
    const found = discover(provider)
    this.#keys.set(name, found)
    try {
      return await found
    } catch (cause) {
      this.#keys.delete(name)
      throw new Refusal('IDPCommunicationErrorException', unreachable, { cause })
    }
  }
}

const unreachable = "Couldn't retrieve the configuration of your identity provider"

/** Who vouches for a token, as it says itself: nothing of it is proven. @throws Refusal `InvalidIdentityTokenException` */
export function issuerOf(token: string): string {
  try {
    const { iss } = jose().decodeJwt(token)
    if (typeof iss === 'string' && iss.startsWith('https://')) return iss
  } catch {
    // Not three parts of base64url with JSON in them.
  }
  throw notAToken()
}

async function discover(provider: OpenIdProvider): Promise<Keys> {
  const issuer = `https://${provider.place}`
  const answer = await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, provider)
  const said: unknown = answer.status === 200 ? await answer.json() : undefined
  const { issuer: own, jwks_uri: uri } = (said ?? {}) as {
    readonly issuer?: unknown
    readonly jwks_uri?: unknown
  }
  if (own !== issuer || typeof uri !== 'string' || !uri.startsWith('https://')) {
    throw new Error(`${issuer} has no configuration of its own`)
  }
  const { createRemoteJWKSet, customFetch } = jose()
  return createRemoteJWKSet(new URL(uri), { [customFetch]: (url: string) => fetchJson(url, provider) })
}

/** What went wrong with a token, in AWS's words where they are known. */
function refusalOf(error: unknown, token: string, now: number): Refusal {
  const { errors, decodeJwt } = jose()
  if (error instanceof errors.JWTExpired) {
    const { exp = 0 } = decodeJwt<JWTPayload>(token)
    return new Refusal(
      'ExpiredIdentityTokenException',
      `Token expired: current date/time ${Math.floor(now / 1000)} must be before the expiration date/time ${exp}`,
    )
  }
  if (error instanceof errors.JWTClaimValidationFailed) {
    return new Refusal(
      'InvalidIdentityTokenException',
      `The claim ${error.claim} of the ID token is not valid`,
    )
  }
  if (error instanceof errors.JWTInvalid || error instanceof errors.JWSInvalid) return notAToken()
  if (error instanceof errors.JWSSignatureVerificationFailed) {
    return new Refusal('InvalidIdentityTokenException', 'The signature of the ID token is not valid')
  }
  return new Refusal(
    'InvalidIdentityTokenException',
    "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
    { cause: error },
  )
}

function notAToken(): Refusal {
  return new Refusal(
    'InvalidIdentityTokenException',
    'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
  )
}
