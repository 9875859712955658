/** A record of the journal, as far as it is searched and shown. Files may hold anything: nothing is relied on. */
export interface Recorded {
  readonly eventTime?: string
  readonly eventName?: string
  readonly eventSource?: string
  readonly eventID?: string
  readonly requestID?: string
  readonly awsRegion?: string
  readonly recipientAccountId?: string
  readonly sourceIPAddress?: string
  readonly errorCode?: string
  readonly errorMessage?: string
  readonly userIdentity?: Identity
  readonly requestParameters?: Readonly<{ [member: string]: unknown }> | null
  readonly responseElements?: Readonly<{ [member: string]: unknown }> | null
  readonly additionalEventData?: { readonly decision?: Decision; readonly grantId?: string } | null
  readonly resources?: readonly { readonly ARN?: string }[] | null
}

interface Identity {
  readonly type?: string
  readonly arn?: string
  readonly principalId?: string
  readonly accountId?: string
  readonly accessKeyId?: string
  readonly userName?: string
  readonly invokedBy?: string
  readonly sessionContext?: {
    readonly sessionIssuer?: { readonly arn?: string; readonly userName?: string }
  }
}

interface Decision {
  readonly outcome?: 'Allow' | 'ExplicitDeny' | 'ImplicitDeny'
  readonly layer?: string
  readonly statements?: readonly Statement[]
  readonly grantId?: string
}

interface Statement {
  readonly layer?: string
  readonly policy?: string
  readonly sid?: string
  readonly index?: number
}

const recordTexts = [
  'eventTime',
  'eventName',
  'eventSource',
  'eventID',
  'requestID',
  'awsRegion',
  'recipientAccountId',
  'sourceIPAddress',
  'errorCode',
  'errorMessage',
]
const identityTexts = ['type', 'arn', 'principalId', 'accountId', 'accessKeyId', 'userName', 'invokedBy']

/**
 * Whether something has the form of a record, as far as records are looked at. Whoever can write to the files may have
 * put anything into a line, and must not end a search with it.
 */
export function isRecorded(value: unknown): value is Recorded {
  if (!isThing(value, recordTexts)) return false
  const { userIdentity = {}, additionalEventData, resources, ...others } = value
  if (!isThing(userIdentity, identityTexts)) return false
  const { sessionContext = {} } = userIdentity
  if (!isThing(sessionContext)) return false
  const data = additionalEventData ?? {}
  if (!isThing(data)) return false
  const { decision = {} } = data
  return (
    isThing(sessionContext.sessionIssuer ?? {}, ['arn', 'userName']) &&
    isThing(decision, ['outcome', 'layer', 'grantId']) &&
    isListOf(decision.statements ?? [], (statement) => isThing(statement)) &&
    isListOf(resources ?? [], (resource) => isThing(resource, ['ARN'])) &&
    [others.requestParameters ?? {}, others.responseElements ?? {}].every((each) => isThing(each))
  )
}

/** An object that has texts, or nothing, under some names. */
function isThing(value: unknown, texts: readonly string[] = []): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const members = value as Readonly<Record<string, unknown>>
  return texts.every((name) => members[name] === undefined || typeof members[name] === 'string')
}

function isListOf(value: unknown, test: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(test)
}

/** What a call came to. A denial that hides whether a key is there is one, too. */
export type Outcome = 'allowed' | 'denied' | 'failed'

export function outcomeOf({ errorCode, additionalEventData }: Recorded): Outcome {
  if (errorCode === undefined) return 'allowed'
  const { outcome = 'Allow' } = additionalEventData?.decision ?? {}
  return outcome !== 'Allow' || errorCode === 'AccessDenied' ? 'denied' : 'failed'
}

/** The ARNs of the keys and aliases that a record is of. */
export function resourcesOf({ resources }: Recorded): readonly string[] {
  return (resources ?? []).flatMap(({ ARN }) => ARN ?? [])
}

const keyMembers = ['keyId', 'sourceKeyId', 'destinationKeyId', 'targetKeyId', 'aliasName'] as const

/** The keys that a request named, as its caller wrote them. */
export function namedKeysOf({ requestParameters }: Recorded): readonly string[] {
  return keyMembers.flatMap((member) => {
    const name = requestParameters?.[member]
    return typeof name === 'string' ? [name] : []
  })
}

/** Every name under which a person may look for whoever called. */
export function principalNamesOf({ userIdentity = {} }: Recorded): readonly string[] {
  const { type, arn, principalId, accessKeyId, userName, invokedBy, sessionContext } = userIdentity
  const { sessionIssuer = {} } = sessionContext ?? {}
  const last = arn?.slice(arn.lastIndexOf('/') + 1)
  const names = [
    arn,
    principalId,
    accessKeyId,
    userName,
    last,
    invokedBy,
    sessionIssuer.arn,
    sessionIssuer.userName,
  ]
  return [...names.flatMap((name) => name ?? []), ...(type === 'Root' ? ['root'] : [])]
}
