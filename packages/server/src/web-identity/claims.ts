import type { JWTPayload } from 'jose'
import { type OpenIdProvider, openIdProviderArn } from '../identity/open-id-provider.ts'
import type { WebIdentity } from '../identity/session.ts'
import { Refusal } from '../protocol/errors.ts'

/** What a verified token says of who has it. */
export interface Claims extends WebIdentity {
  readonly sourceIdentity: string | undefined
  readonly tags: readonly { readonly Key: string; readonly Value: string }[]
  readonly transitiveTagKeys: readonly string[]
}

/** Claims that AWS gives a meaning. */
const tagsClaim = 'https://aws.amazon.com/tags'
const sourceIdentityClaim = 'https://aws.amazon.com/source_identity'

/** Reads the claims that count here. @throws Refusal `InvalidIdentityTokenException` */
export function readClaims(payload: JWTPayload, provider: OpenIdProvider): Claims {
  const subject = payload.sub ?? ''
  const audience = audienceOf(payload)
  if (!provider.clientIds.includes(audience)) throw invalid('Incorrect token audience')
  if (subject.length < 6 || subject.length > 255) throw invalid('The sub claim must have 6 to 255 characters')
  const { amr, azp, aud } = payload
  const named = {
    aud: audience,
    sub: subject,
    ...(isTexts(amr) && { amr }),
    ...(azp !== undefined && isTexts(aud) && { oaud: aud }),
  }
  const place = provider.place.toLowerCase()
  return {
    provider: openIdProviderArn(provider),
    subject,
    audience,
    conditionKeys: Object.fromEntries(
      Object.entries(named).map(([name, value]) => [`${place}:${name}`, value]),
    ),
    sourceIdentity: sourceIdentityOf(payload),
    ...tagsOf(payload),
  }
}

/** Whom a token was made for: who asked for it, if it says so; else the one it is meant for. */
function audienceOf({ azp, aud }: JWTPayload): string {
  if (typeof azp === 'string') return azp
  const audiences = typeof aud === 'string' ? [aud] : (aud ?? [])
  const [audience] = audiences
  if (audience === undefined || audiences.length > 1) throw invalid('Incorrect token audience')
  return audience
}

function sourceIdentityOf(payload: JWTPayload): string | undefined {
  const claim = payload[sourceIdentityClaim]
  if (claim === undefined) return undefined
  if (typeof claim === 'string' && /^[\w+=,.@-]{2,64}$/.test(claim)) return claim
  throw invalid('The source identity claim is not valid')
}

const tagKey = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u
const tagValue = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u

/** Session tags; each has one value, in a list of its own. */
function tagsOf(payload: JWTPayload): Pick<Claims, 'tags' | 'transitiveTagKeys'> {
  const claim = payload[tagsClaim]
  if (claim === undefined) return { tags: [], transitiveTagKeys: [] }
  if (!isObject(claim)) throw invalidTags()
  const { principal_tags: tags = {}, transitive_tag_keys: transitiveTagKeys = [] } = claim
  if (!isObject(tags) || !isTexts(transitiveTagKeys) || Object.keys(tags).length > 50) throw invalidTags()
  return {
    tags: Object.entries(tags).map(([Key, values]) => {
      const [Value, ...others] = isTexts(values) ? values : []
      if (Value === undefined || others.length > 0 || !tagKey.test(Key) || !tagValue.test(Value))
        throw invalidTags()
      return { Key, Value }
    }),
    transitiveTagKeys,
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string')
}

const invalidTags = () => invalid('The session tags in the ID token are not valid')

function invalid(message: string): Refusal {
  return new Refusal('InvalidIdentityTokenException', message)
}
