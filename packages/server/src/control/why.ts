import {
  type Authorization,
  authorizeRetirement,
  decisionSentence,
  type Explanation,
  explain,
  type PolicyKind,
} from '@claviger/policy'
import { askedIn, type DenialRecord } from '../access/denial-record.ts'
import type { KeptDenials } from '../access/kept-denials.ts'
import type { Journal } from '../audit/journal.ts'

/** What is known of a request, as plain data: who asks here may know everything. */
export type WhyAnswer =
  | { readonly kind: 'denied'; readonly denial: ExplainedDenial }
  /** Denied, but so long ago, or so soon before a crash, that the question is not kept. */
  | { readonly kind: 'not-kept'; readonly record: object }
  /** Answered like a denial, without anybody having been asked: what was named is not there. */
  | { readonly kind: 'not-there'; readonly record: object }
  | { readonly kind: 'allowed'; readonly record: object }
  | { readonly kind: 'failed'; readonly record: object }
  | { readonly kind: 'unknown' }

/** Who asked for what, when, from where; why it was denied; and the policies as they were at that moment. */
export interface ExplainedDenial
  extends Pick<
    DenialRecord,
    'requestId' | 'service' | 'operation' | 'region' | 'accessKeyId' | 'sourceIp' | 'userAgent'
  > {
  /** ISO 8601. */
  readonly time: string
  readonly caller: string
  readonly action: string
  readonly resource: string
  readonly conditionKeys: DenialRecord['conditionKeys']
  /** Absent for RetireGrant, which no policy lets anybody do by itself. */
  readonly explanation?: Explanation
  readonly retirement?: Retirement
  readonly policies: readonly PolicyThen[]
}

/** Who could have retired the grant. */
export interface Retirement {
  /** Our one sentence for the decision. */
  readonly sentence: string
  readonly decision: Authorization['decision']
  readonly layer: Authorization['layer']
  readonly grantId: string
  readonly retiringPrincipal?: string
  /** Only where the grant lets its grantee retire it. */
  readonly grantee?: string
  readonly issuingAccount: string
}

interface PolicyThen {
  readonly kind: PolicyKind
  readonly name?: string
  readonly text: string
}

/** A request id is 36 characters; nothing longer is searched for. */
const requestIdPattern = /^[\w-]{1,128}$/

/** Why a request was denied; or, where it was not, what the journal says became of it. */
export async function why(
  requestId: string,
  { denials, journal }: { readonly denials: Pick<KeptDenials, 'find'>; readonly journal: Journal },
): Promise<WhyAnswer> {
  if (!requestIdPattern.test(requestId)) return { kind: 'unknown' }
  const record = await denials.find(requestId)
  if (record !== undefined) return { kind: 'denied', denial: explained(record) }
  const recorded = (await journal.findRequest(requestId)) as Recorded | undefined
  if (recorded === undefined) return { kind: 'unknown' }
  return { kind: kindOf(recorded), record: recorded }
}

/** The members of a journal's record that tell kinds of endings apart. */
interface Recorded {
  readonly errorCode?: string
  readonly additionalEventData?: { readonly decision?: { readonly outcome?: string } }
}

function kindOf({
  errorCode,
  additionalEventData,
}: Recorded): 'allowed' | 'failed' | 'not-kept' | 'not-there' {
  if (errorCode === undefined) return 'allowed'
  if (errorCode !== 'AccessDenied') return 'failed'
  const outcome = additionalEventData?.decision?.outcome
  return outcome === undefined || outcome === 'Allow' ? 'not-there' : 'not-kept'
}

function explained(record: DenialRecord): ExplainedDenial {
  const { principal, requestId, service, operation, region, accessKeyId, sourceIp, userAgent } = record
  const { authority, request } = askedIn(record)
  return {
    requestId,
    time: new Date(record.at).toISOString(),
    service,
    operation,
    region,
    accessKeyId,
    sourceIp,
    userAgent,
    caller: principal.kind === 'service' ? principal.service : principal.arn,
    action: record.action,
    resource: record.resource,
    conditionKeys: record.conditionKeys,
    ...(record.retiring === undefined
      ? { explanation: explain(authority, request, { view: record.view }) }
      : { retirement: retirementOf(record, record.retiring) }),
    policies: policiesIn(record.authority),
  }
}

function retirementOf(record: DenialRecord, grant: NonNullable<DenialRecord['retiring']>): Retirement {
  const { authority, request } = askedIn(record)
  const authorization = authorizeRetirement(authority, request, grant)
  const retiring = grant.retiringPrincipal ?? grant.retiringServicePrincipal
  const grantee = grant.granteePrincipal ?? grant.granteeServicePrincipal
  return {
    sentence: decisionSentence(authorization),
    decision: authorization.decision,
    layer: authorization.layer,
    grantId: grant.grantId,
    ...(retiring !== undefined && { retiringPrincipal: retiring }),
    ...(grantee !== undefined && grant.operations.includes('RetireGrant') && { grantee }),
    issuingAccount: grant.issuingAccount,
  }
}

/** Every policy in what had a say, wherever it is, with its name where it has one. */
function policiesIn(part: unknown, name?: string): PolicyThen[] {
  if (typeof part !== 'object' || part === null) return []
  if (Array.isArray(part)) return part.flatMap((member) => policiesIn(member))
  if ('kind' in part && 'text' in part && 'bindings' in part) {
    const { kind, text } = part as PolicyThen
    return [{ kind, ...(name !== undefined && { name }), text }]
  }
  const own = 'name' in part && typeof part.name === 'string' ? part.name : undefined
  return Object.values(part).flatMap((member) => policiesIn(member, own))
}
