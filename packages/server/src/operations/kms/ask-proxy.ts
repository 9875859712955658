import type { Call } from '../../call/call.ts'
import { principalArnOf } from '../../call/principal-arn.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { Occasion } from '../../xks/occasion.ts'
import { ProxyFailure } from '../../xks/proxy-failure.ts'

/** On whose behalf an external key store proxy is asked: the caller's, as policies call them. */
export function occasionOf(call: Call, operation: string, keyArn?: string): Occasion {
  const { principal, via } = call.caller
  return {
    operation,
    requestId: call.requestId,
    principalArn: principal.kind === 'service' ? principal.service : (principalArnOf(principal) ?? ''),
    ...(keyArn === undefined ? {} : { keyArn }),
    ...(via === undefined ? {} : { viaService: via }),
  }
}

/** For what a proxy is asked: AWS has names of their own for the same failure. */
type Purpose = 'management' | 'createKey' | 'use'

/**
 * What a proxy answers; or AWS's refusal for what went wrong with it. Every failure of a key in use is one error,
 * and only its text tells them apart (AWS KMS Developer Guide, "Troubleshooting external key stores").
 *
 * @throws Refusal
 */
export async function askProxy<T>(purpose: Purpose, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof ProxyFailure)) throw error
    const code = purpose === 'use' ? 'KMSInvalidStateException' : error.row[purpose]
    throw new Refusal(code, error.message, { cause: error })
  }
}
