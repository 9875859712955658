import type { AccessRequest } from '../access-request.ts'
import type { Authority } from '../authority.ts'
import {
  type EncryptionContext,
  type Grant,
  type GrantConstraints,
  granteeStrength,
  grantStrength,
  isChild,
  isPartOf,
  isSame,
  operationOf,
  operationsWithEncryptionContext,
} from '../grants.ts'
import { strength } from '../matching/principal.ts'
import type { GrantLack, GrantShown } from './explanation.ts'
import { namingOf } from './survey.ts'

/** A key may have 50,000 grants. More than these are no explanation. */
const grantsShownMax = 20

/** The grants that concern the caller, those nearest to allowing first, and how many were left out. */
export function showGrants(
  authority: Authority,
  request: AccessRequest,
): { grants: GrantShown[]; grantsLeftOut: number } {
  const concerning = authority.grants
    .map((grant) => showGrant(grant, authority, request))
    .filter((grant) => concerns(grant, request))
    .sort((left, right) => left.lacks.length - right.lacks.length)
  const grants = concerning.slice(0, grantsShownMax)
  return { grants, grantsLeftOut: authority.grants.length - grants.length }
}

function concerns({ names, lacks, grantee }: GrantShown, { principal }: AccessRequest): boolean {
  if (names !== 'nobody' || lacks.some(({ what }) => what === 'grantee deleted')) return true
  // A grant to another session of the role is what somebody looks for who has just lost his own.
  return principal.kind === 'assumed-role' && grantee.startsWith(withoutSession(principal.arn))
}

/** A session's ARN up to and including the last slash. */
function withoutSession(arn: string): string {
  return arn.slice(0, arn.lastIndexOf('/') + 1)
}

function showGrant(grant: Grant, authority: Authority, request: AccessRequest): GrantShown {
  const { grantId, operations, constraints } = grant
  const { encryptionContext = {}, newGrant } = authority
  const question = { request, encryptionContext, ...(newGrant && { newGrant }) }
  const operation = operationOf(request.action)
  const child = operation !== 'CreateGrant' || isChild(grant, newGrant)
  return {
    grantId,
    grantee: grant.granteePrincipal ?? grant.granteeServicePrincipal ?? '',
    operations,
    ...(constraints && { constraints }),
    applies: grantStrength(grant, question) !== strength.nobody,
    names: namingOf(granteeStrength(grant, request.principal)),
    lacks: [
      ...granteeLack(grant, request),
      ...(operation !== undefined && operations.includes(operation)
        ? []
        : [{ what: 'operation' as const, wanted: operations, actual: [operation ?? request.action] }]),
      ...(child
        ? []
        : [{ what: 'new grant' as const, wanted: operations, actual: newGrant?.operations ?? [] }]),
      ...constraintLacks(constraints ?? {}, operation, encryptionContext, request),
    ],
  }
}

function granteeLack(grant: Grant, { principal }: AccessRequest): GrantLack[] {
  if (granteeStrength(grant, principal) !== strength.nobody) return []
  const wanted = [grant.granteePrincipal ?? grant.granteeServicePrincipal ?? '']
  if (principal.kind === 'service') return [{ what: 'grantee', wanted, actual: [principal.service] }]
  const actual = principal.kind === 'assumed-role' ? [principal.arn, principal.roleArn] : [principal.arn]
  const deleted = grant.granteeUniqueId !== undefined && actual.some((arn) => wanted.includes(arn))
  return [{ what: deleted ? 'grantee deleted' : 'grantee', wanted, actual }]
}

function constraintLacks(
  { encryptionContextEquals: equals, encryptionContextSubset: subset, sourceArn }: GrantConstraints,
  operation: string | undefined,
  encryptionContext: EncryptionContext,
  { principal, conditionKeys }: AccessRequest,
): GrantLack[] {
  const lacks: GrantLack[] = []
  const actual = pairsOf(encryptionContext)
  if (operation !== undefined && operationsWithEncryptionContext.has(operation)) {
    if (equals && !isSame(equals, encryptionContext)) {
      lacks.push({ what: 'EncryptionContextEquals', wanted: pairsOf(equals), actual })
    }
    if (subset && !isPartOf(subset, encryptionContext)) {
      lacks.push({ what: 'EncryptionContextSubset', wanted: pairsOf(subset), actual })
    }
  }
  const source = conditionKeys.find('aws:sourcearn')
  if (sourceArn !== undefined && principal.kind === 'service' && operation !== 'RetireGrant') {
    if (source !== sourceArn) {
      lacks.push({
        what: 'SourceArn',
        wanted: [sourceArn],
        actual: source === undefined ? [] : [source].flat(),
      })
    }
  }
  return lacks
}

function pairsOf(encryptionContext: EncryptionContext): string[] {
  return Object.entries(encryptionContext).map(([name, value]) => `${name}=${value}`)
}
