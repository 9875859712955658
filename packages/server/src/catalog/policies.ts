import { compilePolicy, type Form, type PolicyKind, parsePolicy } from '@claviger/policy'
import { invariant } from '../base/invariant.ts'
import type { BoundPolicy } from '../identity/bound-policy.ts'
import type { KeyPolicy } from '../keys/key.ts'
import { type CacheReading, CountedCache } from '../metrics/counted-cache.ts'

/** Kinds of policies that name nobody in particular, and so mean the same wherever they are. */
type AttachedKind = Exclude<PolicyKind, 'key-policy' | 'trust-policy' | 'endpoint-policy'>

/** Policies of each sort kept ready. Many keys share one, the default one above all; many principals share a managed one. */
const keptMost = 5_000

/** Stored policies in the form that serves: each compiled once, not once per call. */
export class Policies {
  readonly #ofKeys = new CountedCache<string, Form>('key_policies', keptMost)
  readonly #ofRoles = new CountedCache<string, Form>('trust_policies', keptMost)
  readonly #ofPrincipals = new CountedCache<string, Form>('principal_policies', keptMost)
  /** For whoever shows a policy. The forms hold the entries: what is let go of here is let go of there. */
  readonly #texts = new WeakMap<Form, string>()

  /** A key policy; equal texts that mean the same principals share one form. */
  ofKey(policy: KeyPolicy): Form {
    return this.#ofBound(policy, 'key-policy', this.#ofKeys)
  }

  /** A role's trust policy, likewise. */
  ofRole(policy: BoundPolicy): Form {
    return this.#ofBound(policy, 'trust-policy', this.#ofRoles)
  }

  #ofBound({ text, bindings }: BoundPolicy, kind: PolicyKind, kept: CountedCache<string, Form>): Form {
    const isBound = Object.keys(bindings).length > 0
    const name = isBound ? `${JSON.stringify(bindings)}${text}` : text
    let form = kept.get(name)
    if (form === undefined) {
      form = this.compile(text, kind, bindings)
      kept.set(name, form)
    }
    return form
  }

  /** A policy attached to principals or accounts, or passed to sessions; equal texts share one form. */
  ofPrincipal(text: string, kind: AttachedKind): Form {
    const name = `${kind} ${text}`
    let form = this.#ofPrincipals.get(name)
    if (form === undefined) {
      form = this.compile(text, kind)
      this.#ofPrincipals.set(name, form)
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

  caches(): readonly CacheReading[] {
    return [this.#ofKeys, this.#ofRoles, this.#ofPrincipals].map((cache) => cache.reading())
  }

  /** The text a policy was compiled from, as its author wrote it. */
  textOf(form: Form): string {
    const text = this.#texts.get(form)
    invariant(text !== undefined, 'the catalog compiled the policy')
    return text
  }
}
