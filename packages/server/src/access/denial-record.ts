import type { AccessRequest, Authority, DenialView, Form, Grant, Principal } from '@claviger/policy'
import type { Call } from '../call/call.ts'
import type { AccessQuestion } from './question.ts'
import { type Recorded, recorded, revived } from './recorded.ts'

/** A denial as the pipeline hands it over: references to what is there anyway, since a denial must cost no more. */
export interface Denial {
  readonly call: Call
  readonly operation: string
  readonly question: AccessQuestion
  /** How much of it the caller was shown. */
  readonly view: DenialView
}

/** A denial as plain data: who asked what, when and from where, and what the answer followed from. */
export interface DenialRecord {
  readonly requestId: string
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly service: string
  readonly operation: string
  readonly region: string
  readonly accessKeyId: string
  readonly sourceIp: string
  readonly userAgent: string
  readonly view: DenialView
  readonly principal: Principal
  readonly action: string
  readonly resource: string
  readonly conditionKeys: Readonly<Record<string, string | readonly string[]>>
  /** With the policies as they were then. */
  readonly authority: Recorded<Authority>
  readonly retiring?: Grant
}

/** Everything in a denial that outlives its call. */
export function denialRecord(
  { call, operation, question, view }: Denial,
  textOf: (form: Form) => string,
): DenialRecord {
  const { principal, action, resource, conditionKeys } = question.request
  return {
    requestId: call.requestId,
    at: call.now,
    service: call.service,
    operation,
    region: call.region,
    accessKeyId: call.caller.accessKeyId,
    sourceIp: call.connection.sourceIp,
    userAgent: call.connection.userAgent,
    view,
    principal,
    action,
    resource,
    conditionKeys: conditionKeys.all(),
    authority: recorded(question.authority, textOf),
    ...(question.retiring && { retiring: question.retiring }),
  }
}

/** What was asked, ready to be asked again. */
export function askedIn({ principal, action, resource, conditionKeys, authority }: DenialRecord): {
  readonly authority: Authority
  readonly request: AccessRequest
} {
  const values = new Map(Object.entries(conditionKeys))
  const request = { principal, action, resource, conditionKeys: { find: (name: string) => values.get(name) } }
  return { authority: revived<Authority>(authority), request }
}
