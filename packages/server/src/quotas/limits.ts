/** A quota that is another than AWS's: everywhere, or in one account, one Region, or one Region of one account. */
export interface Adjustment {
  readonly account?: string
  readonly region?: string
  readonly quota: string
  readonly value: number
}

/** Whom and where a quota counts. */
export interface QuotaPlace {
  readonly account: string
  readonly region: string
}

const anywhere = '*'

/** What AWS's own quotas are adjusted to, by whoever runs the service. The most particular adjustment wins. */
export class Limits {
  readonly #valueByPlace: ReadonlyMap<string, number>

  constructor(adjustments: readonly Adjustment[]) {
    this.#valueByPlace = new Map(
      adjustments.map(({ account = anywhere, region = anywhere, quota, value }) => [
        placeName(account, region, quota),
        value,
      ]),
    )
  }

  /** What a quota is in one place; `undefined` where AWS's own value stands. */
  find(quota: string, { account, region }: QuotaPlace): number | undefined {
    if (this.#valueByPlace.size === 0) return undefined
    const at = (ofAccount: string, ofRegion: string) =>
      this.#valueByPlace.get(placeName(ofAccount, ofRegion, quota))
    return at(account, region) ?? at(account, anywhere) ?? at(anywhere, region) ?? at(anywhere, anywhere)
  }
}

function placeName(account: string, region: string, quota: string): string {
  return `${account} ${region} ${quota}`
}
