import type { PolicyKind } from './policy.ts'

/** What one kind of policy takes, beyond the grammar that all share. */
export interface KindRules {
  readonly principal: 'required' | 'forbidden'
  readonly notPrincipal: boolean
  /** `inert`: may be missing, and the statement then has no effect. */
  readonly action: 'required' | 'inert'
  readonly resource: 'required' | 'inert' | 'forbidden'
  /** Whether the IAM API checks it, with the oddities of `iam-grammar.ts`. */
  readonly iam: boolean
  /** Whether the older version of the language, or none, will do. */
  readonly anyVersion: boolean
  /** Whether it can only take away, which is how an organization's custom policies about resources are. */
  readonly denyOnly: boolean
  /** Whether users of other identity providers may be named. */
  readonly federated: boolean
  /** Whether an AWS service is among those `*` means in an Allow. Unconfirmed for key policies: safer not. */
  readonly anyoneIncludesServices: boolean
}

const attached: KindRules = {
  principal: 'forbidden',
  notPrincipal: false,
  action: 'required',
  resource: 'required',
  iam: true,
  anyVersion: false,
  denyOnly: false,
  federated: false,
  anyoneIncludesServices: true,
}

const onResource: KindRules = {
  principal: 'required',
  notPrincipal: true,
  action: 'required',
  resource: 'required',
  iam: false,
  anyVersion: true,
  denyOnly: false,
  federated: false,
  anyoneIncludesServices: true,
}

/** Every kind of policy we know. */
export const kindRules: Readonly<Record<PolicyKind, KindRules>> = {
  'key-policy': { ...onResource, action: 'inert', resource: 'inert', anyoneIncludesServices: false },
  'identity-policy': attached,
  'permissions-boundary': attached,
  'session-policy': attached,
  'service-control-policy': { ...attached, iam: false, anyVersion: true },
  'resource-control-policy': { ...onResource, notPrincipal: false, denyOnly: true },
  'endpoint-policy': onResource,
  'trust-policy': {
    ...onResource,
    notPrincipal: false,
    resource: 'forbidden',
    federated: true,
    anyoneIncludesServices: false,
  },
}
