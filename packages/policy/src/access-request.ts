import type { Principal } from './matching/principal.ts'

/** The question: may this principal do this action on this resource, things being as the condition keys say? */
export interface AccessRequest {
  readonly principal: Principal
  /** `kms:Decrypt` */
  readonly action: string
  /** An ARN, or what stands in for one where an action has no resource. */
  readonly resource: string
  readonly conditionKeys: ConditionKeys
}

/** The facts of a request. Asked lazily, and only for keys that a statement names. */
export interface ConditionKeys {
  /** The value, the values of a multi-valued key, or undefined when the request has no such key. */
  find(lowerCaseName: string): ConditionKeyValue
}

/** What a condition key holds. */
export type ConditionKeyValue = string | readonly string[] | undefined

/** The condition keys of a request about which nothing is known. */
export const noConditionKeys: ConditionKeys = { find: () => undefined }
