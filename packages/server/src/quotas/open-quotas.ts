import { readFile } from 'node:fs/promises'
import { CannotStart } from '../base/cannot-start.ts'
import type { Buckets } from './buckets.ts'
import { type Adjustment, Limits } from './limits.ts'
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

/** What a source says, as plain data. */
export interface QuotaRules {
  readonly adjustments: readonly Adjustment[]
  readonly countsRequests: boolean
}

/** @throws CannotStart with everything that is wrong with a file */
export async function openQuotas(source: QuotaSource): Promise<Quotas> {
  return quotasOf(await readQuotas(source))
}

/** @param buckets where requests are counted, if not by this thread alone */
export function quotasOf({ adjustments, countsRequests }: QuotaRules, buckets?: Buckets): Quotas {
  const limits = new Limits(adjustments)
  return countsRequests ? { limits, rates: new RequestRates(limits, buckets) } : { limits }
}

/** @throws CannotStart with everything that is wrong with a file */
export async function readQuotas(source: QuotaSource): Promise<QuotaRules> {
  if (source.kind === 'file') return rulesIn(source.path)
  return { adjustments: [], countsRequests: source.kind === 'aws' }
}

async function rulesIn(path: string): Promise<QuotaRules> {
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
  const { adjustments, countsRequests } = file
  return { adjustments, countsRequests }
}
