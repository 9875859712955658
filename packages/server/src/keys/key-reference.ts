import { Refusal } from '../protocol/errors.ts'

/** What a caller wrote to name a key, taken apart. Account and Region are the caller's own where not written. */
export type KeyReference =
  | { readonly kind: 'key'; readonly account: string; readonly region: string; readonly keyId: string }
  | { readonly kind: 'alias'; readonly account: string; readonly region: string; readonly name: string }

/** Where the caller stands: what a bare key id or alias name is relative to. */
export interface Standpoint {
  readonly account: string
  readonly region: string
}

const keyIdPattern = /^(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/
const arnPattern = /^arn:aws:kms:([a-z0-9-]+):([0-9]{12}):(?:key\/([^/]+)|(alias\/.+))$/

/**
 * Takes a `KeyId` parameter apart: key id, key ARN and, where the operation takes aliases, alias name or alias ARN.
 * What cannot name a key is answered as a key that is not there, as AWS does.
 *
 * @throws Refusal `NotFoundException`
 */
export function parseKeyReference(text: string, from: Standpoint, takesAliases: boolean): KeyReference {
  if (text.startsWith('arn:')) return parseArn(text, from, takesAliases)
  if (text.startsWith('alias/') && takesAliases) return { kind: 'alias', ...from, name: text }
  if (!keyIdPattern.test(text)) throw new Refusal('NotFoundException', `Invalid keyId '${text}'`)
  return { kind: 'key', ...from, keyId: text }
}

function parseArn(text: string, from: Standpoint, takesAliases: boolean): KeyReference {
  const [, region, account, keyId, name] = arnPattern.exec(text) ?? []
  if (region === undefined || account === undefined) {
    throw new Refusal('NotFoundException', `Invalid arn ${text}`)
  }
  if (region !== from.region) throw new Refusal('NotFoundException', `Invalid arn ${region}`)
  if (keyId !== undefined) return { kind: 'key', account, region, keyId }
  if (name === undefined || !takesAliases) throw new Refusal('NotFoundException', `Invalid keyId '${text}'`)
  return { kind: 'alias', account, region, name }
}
