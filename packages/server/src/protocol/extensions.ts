import type { OperationModel, ServiceModel, Shape } from './models/model.ts'
import { type Credentials, type StsOperations, sts } from './models/sts.ts'

/** What is spoken here beside what AWS publishes, in the form of its models. */

/** A user's own request, as the service that received it presents it. */
export interface GetForwardAccessSessionRequest {
  readonly Method: string
  readonly Path: string
  readonly Query?: string
  readonly Headers: readonly { readonly Name: string; readonly Value: string }[]
  readonly BodyHash: string
}

/** Credentials that are the user's, through the service; and whose they are, as GetCallerIdentity says it. */
export interface GetForwardAccessSessionResponse {
  readonly Credentials: Credentials
  readonly UserId: string | undefined
  readonly Account: string
  readonly Arn: string
}

/** The operations of STS with ours. */
export interface StsOperationsHere extends StsOperations {
  readonly GetForwardAccessSession: {
    readonly input: GetForwardAccessSessionRequest
    readonly output: GetForwardAccessSessionResponse
  }
}

const operations: Readonly<Record<'GetForwardAccessSession', OperationModel>> = {
  GetForwardAccessSession: {
    input: 'GetForwardAccessSessionRequest',
    output: 'GetForwardAccessSessionResponse',
  },
}

/** Whatever may hold a signature or a token is sensitive, and so is never recorded. */
const shapes: Readonly<Record<string, Shape>> = {
  GetForwardAccessSessionRequest: {
    type: 'structure',
    members: {
      Method: 'presentedMethodType',
      Path: 'presentedPathType',
      Query: 'presentedQueryType',
      Headers: 'presentedHeaderListType',
      BodyHash: 'presentedBodyHashType',
    },
    required: ['Method', 'Path', 'Headers', 'BodyHash'],
  },
  GetForwardAccessSessionResponse: {
    type: 'structure',
    members: { Credentials: 'Credentials', UserId: 'userIdType', Account: 'accountType', Arn: 'arnType' },
    required: ['Credentials', 'Account', 'Arn'],
  },
  presentedMethodType: { type: 'string', min: 1, max: 20, pattern: '[A-Z]+' },
  presentedPathType: { type: 'string', min: 1, max: 16_384 },
  presentedQueryType: { type: 'string', min: 0, max: 16_384, sensitive: true },
  presentedHeaderListType: { type: 'list', member: 'presentedHeaderType', min: 1, max: 200 },
  presentedHeaderType: {
    type: 'structure',
    members: { Name: 'presentedHeaderNameType', Value: 'presentedHeaderValueType' },
    required: ['Name', 'Value'],
  },
  presentedHeaderNameType: { type: 'string', min: 1, max: 256, sensitive: true },
  presentedHeaderValueType: { type: 'string', min: 0, max: 65_536, sensitive: true },
  presentedBodyHashType: { type: 'string', min: 1, max: 64 },
}

/** The model of STS with ours in it. */
export const stsHere: ServiceModel<StsOperationsHere> = {
  ...sts,
  operations: { ...sts.operations, ...operations },
  shapes: { ...sts.shapes, ...shapes },
} as ServiceModel<StsOperationsHere>
