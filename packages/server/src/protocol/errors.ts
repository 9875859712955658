import { cloudtrailErrors } from './models/cloudtrail.ts'
import { iamErrors } from './models/iam.ts'
import { kmsErrors } from './models/kms.ts'
import { organizationsErrors } from './models/organizations.ts'
import { stsErrors } from './models/sts.ts'
import { organizationsTexts } from './organizations-texts.ts'

/**
 * One row per error a caller can read: what the two protocols call it, and with which HTTP status.
 * Operations refuse with the JSON name alone; which protocol the caller speaks is the edge's business.
 */
export interface ErrorRow {
  /** The status where the answer is JSON. AWS says 400 for nearly every mistake of the caller there. */
  readonly json: number
  /** The code where the answer is XML, and its status. */
  readonly query: string
  readonly status: number
  readonly fault: 'sender' | 'receiver'
  /** What is said when whoever refuses has nothing better to say; without it the answer has no message. */
  readonly text?: string
}

const refused = (query: string, status: number, text?: string): ErrorRow => ({
  json: 400,
  query,
  status,
  fault: 'sender',
  ...(text === undefined ? {} : { text }),
})

const unexpected = 'The request processing has failed because of an unknown error, exception or failure.'

/** Errors that belong to no service: https://docs.aws.amazon.com/kms/latest/APIReference/CommonErrors.html */
const commonRows = {
  AccessDeniedException: refused('AccessDenied', 403),
  ExpiredTokenException: refused(
    'ExpiredToken',
    403,
    'The security token included in the request is expired',
  ),
  // STS calls an identity provider's expired token so; everybody else calls an expired session token as above.
  ExpiredIdentityTokenException: refused('ExpiredTokenException', 400),
  IncompleteSignatureException: refused('IncompleteSignature', 400),
  InvalidActionException: refused('InvalidAction', 400),
  InvalidSignatureException: refused(
    'SignatureDoesNotMatch',
    403,
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  ),
  MissingActionException: refused(
    'MissingAction',
    400,
    'The request is missing an action or a required parameter.',
  ),
  MissingAuthenticationTokenException: refused(
    'MissingAuthenticationToken',
    403,
    'Missing Authentication Token',
  ),
  NotAuthorizedException: refused('NotAuthorized', 400),
  OptInRequired: {
    ...refused('OptInRequired', 403, 'The AWS access key ID needs a subscription for the service.'),
    json: 403,
  },
  PresentedRequestInvalidException: refused('PresentedRequestInvalid', 403),
  PresentedRequestUsedException: refused(
    'PresentedRequestUsed',
    403,
    'The request was presented before, and each is accepted once',
  ),
  RequestEntityTooLargeException: { ...refused('RequestEntityTooLarge', 413), json: 413 },
  SerializationException: refused('MalformedInput', 400),
  ServiceUnavailableException: {
    json: 503,
    query: 'ServiceUnavailable',
    status: 503,
    fault: 'receiver',
    text: 'The request has failed due to a temporary failure of the server.',
  },
  ThrottlingException: refused(
    'Throttling',
    400,
    'You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.',
  ),
  UnknownOperationException: refused('InvalidAction', 400),
  UnrecognizedClientException: refused(
    'InvalidClientTokenId',
    403,
    'The security token included in the request is invalid.',
  ),
  ValidationException: refused('ValidationError', 400),
} as const satisfies Readonly<Record<string, ErrorRow>>

/** What exceptions of the models say by themselves; KMS gives some of them, such as InvalidCiphertext, no message. */
const modelledTexts: Readonly<Record<string, string>> = {
  ...organizationsTexts,
  DryRunOperationException: 'The request would have succeeded, but the DryRun option is set.',
  IncorrectKeyException: 'The key ID in the request does not identify a CMK that can perform this operation.',
  KMSInternalException: unexpected,
  ServiceException: unexpected,
  ServiceFailureException: unexpected,
}

const modelled = { ...cloudtrailErrors, ...organizationsErrors, ...stsErrors, ...iamErrors, ...kmsErrors }

export type RefusalCode = keyof typeof commonRows | keyof typeof modelled

/** Where services share a name, the first model that has a status of its own for XML decides it: IAM, then STS. */
function modelledRows(): [code: string, row: ErrorRow][] {
  return Object.entries({
    ...cloudtrailErrors,
    ...organizationsErrors,
    ...kmsErrors,
    ...stsErrors,
    ...iamErrors,
  }).map(([code, { query, status, fault }]) => {
    const text = modelledTexts[code]
    const json = fault === 'receiver' ? 500 : 400
    return [code, { json, query, status, fault, ...(text === undefined ? {} : { text }) }]
  })
}

/** The table. What every service shares comes last, so that it wins over a model's idea of it. */
const rows: ReadonlyMap<string, ErrorRow> = new Map<string, ErrorRow>([
  ...modelledRows(),
  ...Object.entries(commonRows),
])

/** Every code with its row, for whoever documents them. */
export const errorRows = (): readonly (readonly [code: string, row: ErrorRow])[] => [...rows].sort()

interface Extra {
  readonly cause?: unknown
  readonly reason?: string
  readonly encodedMessage?: string | undefined
}

/**
 * An error the caller is meant to read. Everything else that is thrown is a bug, and its text stays inside.
 * The caller learns *that*; `cause` is for the audit record, and never goes over the wire.
 */
export class Refusal extends Error {
  readonly code: RefusalCode
  /** Which rule was broken, for the exceptions of Organizations that say so in a member of their own. */
  readonly reason: string | undefined
  /** Of a denial, what says more about it to who may decode it: sent beside the answer. */
  readonly encodedMessage: string | undefined

  constructor(code: RefusalCode, message?: string, { reason, encodedMessage, ...options }: Extra = {}) {
    super(message ?? rowOf(code).text ?? '', options)
    this.name = code
    this.code = code
    this.reason = reason
    this.encodedMessage = encodedMessage
  }

  get row(): ErrorRow {
    return rowOf(this.code)
  }
}

/** What each service calls a failure of its own. */
export type BugCode = 'KMSInternalException' | 'ServiceException' | 'ServiceFailureException'

/** What the caller is told about anything that was thrown: a refusal as it is, a bug without its inside. */
export function asRefusal(thrown: unknown, bug: BugCode = 'KMSInternalException'): Refusal {
  return thrown instanceof Refusal ? thrown : new Refusal(bug, undefined, { cause: thrown })
}

function rowOf(code: string): ErrorRow {
  const row = rows.get(code)
  if (row === undefined) throw new Error(`no row for ${code} in the table of errors`)
  return row
}
