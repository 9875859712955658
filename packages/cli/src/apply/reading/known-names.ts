import { management, type WantedAccount, type WantedKey } from '../installation-file.ts'
import type { Reference } from '../references.ts'

/** What a file describes, as its references name it. Complete once the whole file has been read. */
export class KnownNames {
  readonly #accounts = new Map<string, WantedAccount>()
  #region = ''

  set region(region: string | undefined) {
    this.#region = region ?? ''
  }

  add(account: WantedAccount): void {
    this.#accounts.set(account.name, account)
  }

  /** What is wrong with a reference that stands in an account, if anything is. */
  problemWith(reference: Reference, home: string): string | undefined {
    if (reference.kind === 'organization') return undefined
    const name = reference.account ?? home
    const account = this.#accounts.get(name)
    if (account === undefined)
      return `there is no account \`${name}\` in this file; there is ${this.#names()}`
    if (reference.kind === 'account') return undefined
    const { region, name: alias } = reference
    if (account.keys.some((key) => this.#isNamed(key, alias, region))) return undefined
    const keys = account.keys.map((key) =>
      key.region === undefined ? key.name : `${key.region}:${key.name}`,
    )
    const there = keys.length === 0 ? 'there is none' : `there is ${keys.join(', ')}`
    const where = name === management ? 'here' : `in ${name}`
    const called = region === undefined ? alias : `${region}:${alias}`
    return `there is no key \`${called}\` ${where}; ${there}`
  }

  #isNamed(key: WantedKey, name: string, region: string | undefined): boolean {
    const called = key.name === name || key.aliases.includes(name)
    const regions = [key.region ?? this.#region, ...key.replicas]
    return called && regions.includes(region ?? this.#region)
  }

  #names(): string {
    return [...this.#accounts.keys()].join(', ')
  }
}
