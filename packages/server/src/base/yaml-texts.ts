import { onFirstUse } from './on-first-use.ts'

const yaml = onFirstUse<typeof import('yaml')>('yaml')

/** A YAML file's content, or a sentence for everything that keeps it from being YAML. */
export type YamlTexts =
  | { readonly ok: true; readonly content: unknown }
  | { readonly ok: false; readonly problems: readonly string[] }

/**
 * Reads YAML, of which JSON is a part. Every scalar is read as text, so that an account id keeps its leading zeros;
 * a name that is given twice is a problem.
 */
export function readYamlTexts(text: string): YamlTexts {
  const document = yaml().parseDocument(text, { schema: 'failsafe' })
  const wrong = [...document.errors, ...document.warnings]
  if (wrong.length === 0) return { ok: true, content: document.toJS() }
  // The first line is the sentence, with the place; it ends in a colon, below which the line itself is shown.
  return { ok: false, problems: wrong.map(({ message }) => message.split(':\n')[0] ?? message) }
}
