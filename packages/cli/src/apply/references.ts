/**
 * References: what a file cannot know before it is applied. `<account>` and `<account:payments>` stand for an account's
 * id, `<key:orders>` for a key's ARN, `<organization>` for the organization's id. Angle brackets mean nothing in YAML,
 * in JSON, in ARNs and in policies, so they need no quotes anywhere.
 */
export type Reference =
  /** Without a name: the account that the text stands in. */
  | { readonly kind: 'account'; readonly account?: string }
  | {
      readonly kind: 'key'
      readonly account?: string
      readonly region?: string
      readonly name: string
    }
  | { readonly kind: 'organization' }

const written = /<([a-z]+)(?::([^<>]*))?>/g

/** The references in a text; for those that say nothing, a sentence. */
export function referencesIn(text: string): readonly (Reference | string)[] {
  return [...text.matchAll(written)].map(([whole, kind = '', name]) => readReference(whole, kind, name))
}

/** A text with its references replaced by what they stand for; those that are not known yet stay as they are. */
export function replaceReferences(text: string, known: (reference: Reference) => string | undefined): string {
  return text.replaceAll(written, (whole: string, kind: string, name?: string) => {
    const reference = readReference(whole, kind, name)
    return typeof reference === 'string' ? whole : (known(reference) ?? whole)
  })
}

function readReference(whole: string, kind: string, name: string | undefined): Reference | string {
  if (kind === 'organization' && name === undefined) return { kind }
  if (kind === 'account' && name === undefined) return { kind }
  if (kind === 'account' && name !== '') return { kind, account: String(name) }
  if (kind === 'key' && name) return keyReference(name)
  return `\`${whole}\` stands for nothing; there is <account>, <account:name>, <key:alias> and <organization>`
}

/** `orders`, `eu-west-1:orders`, `payments:orders` or `payments:eu-west-1:orders`. */
function keyReference(written: string): Reference {
  const parts = written.split(':')
  const name = parts.pop() ?? ''
  const last = parts.at(-1)
  const region = last !== undefined && isRegion(last) ? parts.pop() : undefined
  const account = parts.length > 0 ? parts.join(':') : undefined
  return {
    kind: 'key',
    name,
    ...(region !== undefined && { region }),
    ...(account !== undefined && { account }),
  }
}

/** Whether a word is shaped as the names of Regions are. */
export function isRegion(word: string): boolean {
  return /^[a-z]{2}(?:-[a-z]+)+-\d{1,2}$/.test(word)
}
