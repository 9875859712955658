import type { Caller } from '../call/call.ts'
import { formText, parseForm } from '../protocol/form.ts'
import type { WireRequest } from './wire.ts'

/** The one operation that nobody signs: what is in the request says who calls. */
const operation = 'AssumeRoleWithWebIdentity'

/**
 * Whoever calls without a signature, where that is all right: nobody yet, until their token is believed. Every other
 * request without one has to do with `readCredential`.
 */
export function unsignedCaller({
  fields,
  query,
  body,
}: Pick<WireRequest, 'fields' | 'query' | 'body'>): Caller | undefined {
  if (fields.has('authorization') || query.includes('X-Amz-')) return undefined
  // What is no such form is read again by whoever takes it for a signed request, and refused there.
  if (!query.includes(operation) && !Buffer.from(body).includes(operation)) return undefined
  const form = parseForm(query, Buffer.from(body).toString())
  if (formText(form, 'Action') !== operation) return undefined
  const [, account = 'anonymous'] = /^arn:aws:iam::(\d{12}):/.exec(formText(form, 'RoleArn') ?? '') ?? []
  return {
    principal: { kind: 'web-identity', arn: 'anonymous', account },
    account,
    accessKeyId: '',
    identityPolicies: [],
    tags: [],
  }
}
