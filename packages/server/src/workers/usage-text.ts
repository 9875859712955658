import type { KeyLastUsage } from '../keys/key-last-usage.ts'

/** A use of a key as text without spaces inside its parts: one text for many is told sooner than many objects. */
export function usageText({
  account,
  region,
  keyId,
  operation,
  at,
  eventId,
  requestId,
}: KeyLastUsage): string {
  return [account, region, keyId, operation, at, eventId, requestId].join(' ')
}

export function usageIn(text: string): KeyLastUsage {
  const [account = '', region = '', keyId = '', operation = '', at, eventId = '', requestId = ''] =
    text.split(' ')
  return {
    account,
    region,
    keyId,
    operation: operation as KeyLastUsage['operation'],
    at: Number(at),
    eventId,
    requestId,
  }
}
