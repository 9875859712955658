import { readFile } from 'node:fs/promises'
import { CannotStart } from '../base/cannot-start.ts'
import { Limits } from './limits.ts'
import { parseQuotaFile } from './quota-file.ts'
import { RequestRates } from './request-rates.ts'

/** Which quotas the service keeps: how many there may be of something always, how many requests if it is asked to. */
export type QuotaSource =
  | { readonly kind: 'off' }
  | { readonly kind: 'aws' }
  | { readonly kind: 'file'; readonly path: string }

/** The quotas in force. */
export interface Quotas {
  readonly limits: Limits
  /** Absent where nobody counts requests. */
  readonly rates?: RequestRates
}

/** @throws CannotStart with everything that is wrong with a file */
export async function openQuotas(source: QuotaSource): Promise<Quotas> {
  if (source.kind === 'file') return quotasOf(source.path)
  const limits = new Limits([])
  return source.kind === 'off' ? { limits } : { limits, rates: new RequestRates(limits) }
}

async function quotasOf(path: string): Promise<Quotas> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    // Somebody may have meant a word and not a file.
    const hint = /^[\w-]+$/.test(path) ? '; `off` and `aws` are the words that need no file' : ''
    throw new CannotStart(`the quotas file ${path} cannot be read (${cause.code})${hint}`, { cause })
  })
  const file = parseQuotaFile(text)
  if (!file.ok) {
    throw new CannotStart(
      [`the quotas file ${path} cannot be used:`, ...file.problems.map((problem) => `  ${problem}`)].join(
        '\n',
      ),
    )
  }
  const limits = new Limits(file.adjustments)
  return file.countsRequests ? { limits, rates: new RequestRates(limits) } : { limits }
}
