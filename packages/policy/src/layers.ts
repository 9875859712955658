/** Everything that can have a say about one access request, and how AWS calls it. */

export type Layer =
  | 'service-control-policy'
  | 'resource-control-policy'
  | 'endpoint-policy'
  | 'permissions-boundary'
  | 'session-policy'
  | 'key-policy'
  | 'trust-policy'
  | 'identity-policy'
  | 'grant'
  | 'cross-account'

/** What AWS calls a layer when it refuses: `no {silent} policy allows`, `an explicit deny in {denying}`. */
export interface LayerWords {
  readonly silent: string
  readonly denying: string
  /** Our own, for people. */
  readonly name: string
}

/** The layers in the order in which the first explicit deny is reported (AWS's own order is not documented). */
const rows: readonly [layer: Layer, silent: string, denying: string, name: string][] = [
  ['service-control-policy', 'service control policy', 'a service control policy', 'service control policy'],
  [
    'resource-control-policy',
    'resource control policy',
    'a resource control policy',
    'resource control policy',
  ],
  ['endpoint-policy', 'VPC endpoint policy', 'a VPC endpoint policy', 'VPC endpoint policy'],
  ['permissions-boundary', 'permissions boundary', 'a permissions boundary', 'permissions boundary'],
  ['session-policy', 'session policy', 'a session policy', 'session policy'],
  ['key-policy', 'resource-based policy', 'a resource-based policy', 'key policy'],
  ['trust-policy', 'role trust policy', 'the role trust policy', 'trust policy'],
  ['identity-policy', 'identity-based policy', 'an identity-based policy', 'identity policy'],
  ['grant', 'resource-based policy', 'a resource-based policy', 'grant'],
  ['cross-account', 'resource-based policy', 'a resource-based policy', 'limit to the own account'],
]

/** How AWS calls each layer. */
export const layerWords: ReadonlyMap<Layer, LayerWords> = new Map(
  rows.map(([layer, silent, denying, name]) => [layer, { silent, denying, name }]),
)

/** The names of all layers, in their order. */
export const layers: readonly Layer[] = rows.map(([layer]) => layer)
