import type { AccessRequest } from './access-request.ts'
import { isRootArn, namesOfService, type Principal, type Strength, strength } from './matching/principal.ts'

/**
 * A grant as a source of authority: it lets one grantee do some operations with one key, and can deny nothing.
 * Every grant here is one on the key of the request.
 */
export interface Grant {
  readonly grantId: string
  /** An ARN: of a user, a role, a session, a federated user or an account. */
  readonly granteePrincipal?: string
  /** The unique id the grantee had when the grant was made; a new role under its name is not the grantee. */
  readonly granteeUniqueId?: string
  readonly granteeServicePrincipal?: string
  readonly retiringPrincipal?: string
  readonly retiringUniqueId?: string
  readonly retiringServicePrincipal?: string
  /** The account in which the grant was made. */
  readonly issuingAccount: string
  /** Names of operations, `Decrypt`. */
  readonly operations: readonly string[]
  readonly constraints?: GrantConstraints
}

export interface GrantConstraints {
  readonly encryptionContextEquals?: EncryptionContext
  readonly encryptionContextSubset?: EncryptionContext
  readonly sourceArn?: string
}

export type EncryptionContext = Readonly<Record<string, string>>

/** What a CreateGrant call asks for, as far as a grant that allows it limits that. */
export interface NewGrant {
  readonly operations: readonly string[]
  readonly constraints?: GrantConstraints
}

/** What grants are held against. */
export interface GrantQuestion {
  readonly request: AccessRequest
  readonly encryptionContext: EncryptionContext
  /** Present when the action is `kms:CreateGrant`; without it no grant allows that action. */
  readonly newGrant?: NewGrant
}

/** Encryption-context constraints bind operations that take an encryption context, and no others. */
export const operationsWithEncryptionContext: ReadonlySet<string> = new Set([
  'Decrypt',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
  'GenerateDataKeyWithoutPlaintext',
  'ReEncryptFrom',
  'ReEncryptTo',
])

/** How strongly the grant names the caller for what he asks; `nobody` when it does not allow it. */
export function grantStrength(grant: Grant, question: GrantQuestion): Strength {
  const { principal, action } = question.request
  const named = granteeStrength(grant, principal)
  if (named === strength.nobody) return named
  const operation = operationOf(action)
  if (operation === undefined || !grant.operations.includes(operation)) return strength.nobody
  if (operation === 'CreateGrant' && !isChild(grant, question.newGrant)) return strength.nobody
  return meetsConstraints(grant.constraints, operation, question) ? named : strength.nobody
}

/** The KMS operation behind an action; other services' actions are no grant's business. */
export function operationOf(action: string): string | undefined {
  return action.startsWith('kms:') ? action.slice('kms:'.length) : undefined
}

/** How strongly the grant names the caller as its grantee. */
export function granteeStrength(grant: Grant, principal: Principal): Strength {
  return strengthOfName(principal, {
    arn: grant.granteePrincipal,
    uniqueId: grant.granteeUniqueId,
    service: grant.granteeServicePrincipal,
  })
}

/** How strongly the grant names the caller as the one who may give it up. */
export function retiringStrength(grant: Grant, principal: Principal): Strength {
  return strengthOfName(principal, {
    arn: grant.retiringPrincipal,
    uniqueId: grant.retiringUniqueId,
    service: grant.retiringServicePrincipal,
  })
}

interface GrantName {
  readonly arn: string | undefined
  readonly uniqueId: string | undefined
  readonly service: string | undefined
}

function strengthOfName(principal: Principal, { arn, uniqueId, service }: GrantName): Strength {
  if (principal.kind === 'service') {
    // Services made grants before there was an element for them, and wrote their name in place of an ARN.
    const names = namesOfService(principal)
    return names.some((name) => name === service || name === arn) ? strength.caller : strength.nobody
  }
  // Nobody is given a grant on a key before he has a session.
  if (arn === undefined || principal.kind === 'web-identity') return strength.nobody
  const same = (id: string | undefined, actualArn: string) =>
    uniqueId === undefined ? arn === actualArn : uniqueId === id
  // A session's ARN holds no unique id, so its role's is asked for beside it.
  const isStill = (id: string | undefined) => uniqueId === undefined || uniqueId === id
  if (isRootArn(arn)) {
    if (arn.split(':')[4] !== principal.account) return strength.nobody
    return principal.kind === 'root' ? strength.caller : strength.account
  }
  switch (principal.kind) {
    case 'user':
      return same(principal.uniqueId, principal.arn) ? strength.caller : strength.nobody
    case 'assumed-role':
      if (arn === principal.arn) return isStill(principal.roleId) ? strength.caller : strength.nobody
      return same(principal.roleId, principal.roleArn) ? strength.role : strength.nobody
    case 'federated-user':
      if (arn === principal.arn) return strength.caller
      return same(principal.issuerUniqueId, principal.issuerArn) ? strength.role : strength.nobody
    case 'root':
      return strength.nobody
  }
}

function meetsConstraints(
  constraints: GrantConstraints | undefined,
  operation: string,
  { request, encryptionContext }: GrantQuestion,
): boolean {
  if (constraints === undefined) return true
  const { encryptionContextEquals: equals, encryptionContextSubset: subset, sourceArn } = constraints
  if (sourceArn !== undefined && request.principal.kind === 'service' && operation !== 'RetireGrant') {
    if (request.conditionKeys.find('aws:sourcearn') !== sourceArn) return false
  }
  if (!operationsWithEncryptionContext.has(operation)) return true
  if (equals !== undefined && !isSame(equals, encryptionContext)) return false
  return subset === undefined || isPartOf(subset, encryptionContext)
}

/** Says whether every pair is also in the whole. Letters matter, in names and in values. */
export function isPartOf(part: EncryptionContext, whole: EncryptionContext): boolean {
  return Object.entries(part).every(([name, value]) => Object.hasOwn(whole, name) && whole[name] === value)
}

/** Says whether both have the same pairs, and no others. */
export function isSame(left: EncryptionContext, right: EncryptionContext): boolean {
  return Object.keys(left).length === Object.keys(right).length && isPartOf(left, right)
}

/**
 * Says whether a grant may be made on the authority of another: with some of its operations, and constraints
 * at least as strict. Authority from a policy has no such limit.
 */
export function isChild(parent: Grant, child: NewGrant | undefined): boolean {
  if (child === undefined) return false
  if (!child.operations.every((operation) => parent.operations.includes(operation))) return false
  const {
    encryptionContextEquals: equals,
    encryptionContextSubset: subset,
    sourceArn,
  } = parent.constraints ?? {}
  const own = child.constraints ?? {}
  if (sourceArn !== undefined && own.sourceArn !== sourceArn) return false
  if (equals !== undefined) {
    return own.encryptionContextEquals !== undefined && isSame(equals, own.encryptionContextEquals)
  }
  if (subset === undefined) return true
  const stricter = own.encryptionContextEquals ?? own.encryptionContextSubset
  return stricter !== undefined && isPartOf(subset, stricter)
}

/**
 * How strongly the caller may give up the grant: as its retiring principal, as its grantee if that was granted,
 * or as (part of) the account that made it. `account` leaves the choice to that account's identity policies.
 */
export function retirementStrength(grant: Grant, principal: Principal): Strength {
  const asGrantee = grant.operations.includes('RetireGrant')
    ? granteeStrength(grant, principal)
    : strength.nobody
  const strongest = Math.max(retiringStrength(grant, principal), asGrantee, issuerStrength(grant, principal))
  return strongest as Strength
}

function issuerStrength(grant: Grant, principal: Principal): Strength {
  if (principal.kind === 'service' || principal.account !== grant.issuingAccount) return strength.nobody
  return principal.kind === 'root' ? strength.caller : strength.account
}
