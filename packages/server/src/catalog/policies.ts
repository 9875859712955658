import { compilePolicy, type Form, type PolicyKind, parsePolicy } from '@claviger/policy'
import { LRUCache } from 'lru-cache'
import { invariant } from '../base/invariant.ts'
import type { KeyPolicy } from '../keys/key.ts'

/** Key policies kept ready. Many keys share one: the default one, above all. */
const keptMost = 5_000

/** Stored policies in the form that serves: each compiled once, not once per call. */
export class Policies {
  readonly #ofKeys = new LRUCache<string, Form>({ max: keptMost })
  /** For whoever shows a policy. The forms hold the entries: what is let go of here is let go of there. */
  readonly #texts = new WeakMap<Form, string>()

  /** A key policy; equal texts that mean the same principals share one form. */
  ofKey({ text, bindings }: KeyPolicy): Form {
    const isBound = Object.keys(bindings).length > 0
    const name = isBound ? `${JSON.stringify(bindings)}${text}` : text
    let form = this.#ofKeys.get(name)
    if (form === undefined) {
      form = this.compile(text, 'key-policy', bindings)
      this.#ofKeys.set(name, form)
    }
    return form
  }

  compile(text: string, kind: PolicyKind, bindings?: Readonly<Record<string, string>>): Form {
    const parsed = parsePolicy(text, kind, bindings)
    // It was parsed when it was put; a policy that no longer parses must not be read as one that says nothing.
    invariant(parsed.ok, 'a stored policy parses')
    const form = compilePolicy(parsed.policy)
    this.#texts.set(form, text)
    return form
  }

  /** The text a policy was compiled from, as its author wrote it. */
  textOf(form: Form): string {
    const text = this.#texts.get(form)
    invariant(text !== undefined, 'the catalog compiled the policy')
    return text
  }
}
