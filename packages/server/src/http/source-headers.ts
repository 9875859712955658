import type { Caller, Source } from '../call/call.ts'
import { Refusal } from '../protocol/errors.ts'

/** For which resource a service calls as itself, and whose it is. */
const arnHeader = 'x-amz-source-arn'
const accountHeader = 'x-amz-source-account'

/**
 * A caller with what it states of the resource that it calls for. A service is heard, because only whoever runs
 * this installation makes one; from everybody else these headers say nothing, as on AWS. Like all headers of that
 * name they are signed.
 *
 * @throws Refusal `ValidationException` when a service states what cannot be
 */
export function withSource(caller: Caller, headers: ReadonlyMap<string, string>): Caller {
  if (caller.principal.kind !== 'service') return caller
  const arn = headers.get(arnHeader)
  const stated = headers.get(accountHeader)
  const [, inArn] = (arn === undefined ? undefined : arnForm.exec(arn)) ?? []
  if (arn !== undefined && inArn === undefined) throw wrong(arnHeader, 'is not an ARN')
  if (stated !== undefined && !/^\d{12}$/.test(stated)) throw wrong(accountHeader, 'is not an account id')
  if (stated !== undefined && inArn && inArn !== stated)
    throw wrong(accountHeader, 'is not the account in the ARN')
  // An ARN that names its account states it; a bucket's does not.
  const account = stated ?? (inArn || undefined)
  const source: Source = { ...(arn !== undefined && { arn }), ...(account !== undefined && { account }) }
  return { ...caller, source }
}

const arnForm = /^arn:[a-z-]+:[a-z0-9-]+:[a-z0-9-]*:(\d{12}|):[\x21-\x7e]{1,1024}$/

function wrong(header: string, what: string): Refusal {
  return new Refusal('ValidationException', `The header ${header} ${what}`)
}
