import { type ConditionKeyValue, namesOfService, type Principal } from '@claviger/policy'
import type { CallerSession, Connection } from '../call/call.ts'
import { principalArnOf } from '../call/principal-arn.ts'
import { principalIdOf } from '../call/principal-id.ts'
import { servicePrincipalOf } from '../call/via-service.ts'
import { type VpcEndpoint, vpcArn } from '../call/vpc-endpoint.ts'
import { type ConditionKeyRow, ofPrincipal, type Question, type Supplier } from './condition-key.ts'
import { resourceTag } from './iam-condition-keys.ts'

/** A service is of no account, whatever its caller record is filed under. */
function principalAccount({ call }: Question): ConditionKeyValue {
  const { principal } = call.caller
  return principal.kind === 'service' || principal.kind === 'web-identity' ? undefined : principal.account
}

const typeByKind: Readonly<Record<Principal['kind'], string | undefined>> = {
  root: 'Account',
  user: 'User',
  'assumed-role': 'AssumedRole',
  'federated-user': 'FederatedUser',
  service: undefined,
  'web-identity': undefined,
}

const userId: Supplier = ({ call }) => principalIdOf(call.caller.principal)

const principalTag: Supplier = ({ call }, suffix) =>
  call.caller.tags.find((tag) => tag.key.toLowerCase() === suffix)?.value

const requestTag: Supplier = ({ facts }, suffix) =>
  facts.requestTags?.find((tag) => tag.key.toLowerCase() === suffix)?.value

/** The service that called for the principal. There is never more than one: a service calls us and nobody between. */
function calledVia({ call }: Question): string | undefined {
  const { via } = call.caller
  return via === undefined ? undefined : servicePrincipalOf(via)
}

/** What only temporary credentials say. */
function ofSession(read: (session: CallerSession) => ConditionKeyValue): Supplier {
  return ({ call: { caller } }) => (caller.session === undefined ? undefined : read(caller.session))
}

/** A code that comes with the request itself counts as well: it is what a role's trust policy asks for. */
function multiFactorAt({ call: { caller }, facts }: Question): number | undefined {
  return facts.multiFactorAt ?? caller.session?.multiFactorAt
}

const multiFactorPresent: Supplier = (question) => {
  const isThere = multiFactorAt(question) !== undefined
  return isThere || question.call.caller.session !== undefined ? String(isThere) : undefined
}

const multiFactorAge: Supplier = (question) => {
  const at = multiFactorAt(question)
  return at === undefined ? undefined : String(Math.floor((question.call.now - at) / 1000))
}

/** As of its account, a service is of no organization either. */
function principalPlace({ call, callerPlace }: Question): Question['callerPlace'] {
  return call.caller.principal.kind === 'service' ? undefined : callerPlace
}

const listOf = (value: string | undefined) => (value === undefined ? undefined : [value])

/** What the connection says of the caller; where a service calls for them, it says nothing of them. */
function directly(read: (connection: Connection) => ConditionKeyValue): Supplier {
  return ({ call }) => (call.caller.via === undefined ? read(call.connection) : undefined)
}

/** What the VPC endpoint that a request came through is, or is part of. */
function ofEndpoint(read: (endpoint: VpcEndpoint) => ConditionKeyValue): Supplier {
  return directly(({ endpoint }) => endpoint && read(endpoint))
}

/** Where the account of the endpoint is. */
function endpointPlace({ call, endpointPlace: place }: Question): Question['endpointPlace'] {
  return call.caller.via === undefined ? place : undefined
}

const noCloud = 'it travels with the credentials that an AWS service hands to what runs on it'
const noOwners = 'services state the account by `aws:SourceAccount`'
const noMcp = 'no MCP server of AWS calls here'

/** The condition keys that all services share. To add one, add a row; a name that ends in `/` is the beginning of many. */
export const globalConditionKeys: readonly ConditionKeyRow[] = [
  ['aws:PrincipalArn', 'ARN', ({ call }) => principalArnOf(call.caller.principal)],
  ['aws:PrincipalAccount', 'String', principalAccount],
  ['aws:PrincipalOrgPaths', 'ArrayOfString', (question) => listOf(principalPlace(question)?.path)],
  ['aws:PrincipalOrgID', 'String', (question) => principalPlace(question)?.organizationId],
  ['aws:PrincipalTag/', 'String', principalTag],
  ['aws:PrincipalIsAWSService', 'Bool', ({ call }) => String(call.caller.principal.kind === 'service')],
  ['aws:PrincipalServiceName', 'String', ofPrincipal('service', (principal) => principal.service)],
  ['aws:PrincipalServiceNamesList', 'ArrayOfString', ofPrincipal('service', namesOfService)],
  ['aws:PrincipalType', 'String', ({ call }) => typeByKind[call.caller.principal.kind]],
  ['aws:userid', 'String', userId],
  ['aws:username', 'String', ofPrincipal('user', (principal) => principal.name)],

  ['aws:AssumedRoot', 'Bool', 'nobody can assume a root user here'],
  ['aws:FederatedProvider', 'String', ofSession((session) => session.webIdentity?.provider)],
  ['aws:TokenIssueTime', 'Date', ofSession(({ issuedAt }) => new Date(issuedAt).toISOString())],
  ['aws:MultiFactorAuthAge', 'Numeric', multiFactorAge],
  ['aws:MultiFactorAuthPresent', 'Bool', multiFactorPresent],
  ['aws:ChatbotSourceArn', 'ARN', noCloud],
  ['aws:Ec2InstanceSourceVpc', 'String', noCloud],
  ['aws:Ec2InstanceSourcePrivateIPv4', 'IPAddress', noCloud],
  ['aws:SourceIdentity', 'String', ofSession(({ sourceIdentity }) => sourceIdentity)],
  ['ec2:RoleDelivery', 'Numeric', noCloud],
  ['ec2:SourceInstanceArn', 'ARN', noCloud],
  ['glue:RoleAssumedBy', 'String', noCloud],
  ['glue:CredentialIssuingService', 'String', noCloud],
  ['lambda:SourceFunctionArn', 'ARN', noCloud],
  ['ssm:SourceInstanceArn', 'ARN', noCloud],
  ['identitystore:UserId', 'String', 'there is no IAM Identity Center here'],

  ['aws:SourceIp', 'IPAddress', directly(({ endpoint, sourceIp }) => (endpoint ? undefined : sourceIp))],
  ['aws:SourceVpc', 'String', ofEndpoint((endpoint) => endpoint.vpcId)],
  ['aws:SourceVpcArn', 'String', ofEndpoint(vpcArn)],
  ['aws:SourceVpce', 'String', ofEndpoint((endpoint) => endpoint.id)],
  ['aws:VpceAccount', 'String', ofEndpoint((endpoint) => endpoint.account)],
  ['aws:VpceOrgPaths', 'ArrayOfString', (question) => listOf(endpointPlace(question)?.path)],
  ['aws:VpceOrgID', 'String', (question) => endpointPlace(question)?.organizationId],
  ['aws:VpcSourceIp', 'IPAddress', directly(({ endpoint, sourceIp }) => (endpoint ? sourceIp : undefined))],

  ['aws:ResourceAccount', 'String', ({ resourceAccount }) => resourceAccount],
  ['aws:ResourceOrgID', 'String', ({ resourcePlace }) => resourcePlace?.organizationId],
  ['aws:ResourceOrgPaths', 'ArrayOfString', ({ resourcePlace }) => listOf(resourcePlace?.path)],
  ['aws:ResourceTag/', 'String', resourceTag],

  ['aws:CalledVia', 'ArrayOfString', (question) => listOf(calledVia(question))],
  ['aws:CalledViaFirst', 'String', calledVia],
  ['aws:CalledViaLast', 'String', calledVia],
  ['aws:CalledViaAWSMCP', 'String', noMcp],
  ['aws:ViaAWSService', 'Bool', ({ call }) => String(call.caller.via !== undefined)],
  ['aws:ViaAWSMCPService', 'Bool', noMcp],
  ['aws:CurrentTime', 'Date', ({ call }) => new Date(call.now).toISOString()],
  ['aws:EpochTime', 'Date', ({ call }) => String(Math.floor(call.now / 1000))],
  ['aws:referer', 'String', directly((connection) => connection.referer)],
  ['aws:RequestedRegion', 'String', ({ call }) => call.region],
  ['aws:RequestTag/', 'String', requestTag],
  ['aws:TagKeys', 'ArrayOfString', ({ facts }) => facts.tagKeys ?? facts.requestTags?.map((tag) => tag.key)],
  ['aws:SecureTransport', 'Bool', ({ call }) => String(call.connection.tls !== undefined)],
  ['aws:SourceArn', 'ARN', ({ call }) => call.caller.source?.arn],
  ['aws:SourceAccount', 'String', ({ call }) => call.caller.source?.account],
  ['aws:SourceOwner', 'String', noOwners],
  ['aws:SourceOrgPaths', 'ArrayOfString', ({ sourcePlace }) => listOf(sourcePlace?.path)],
  ['aws:SourceOrgID', 'String', ({ sourcePlace }) => sourcePlace?.organizationId],
  ['aws:UserAgent', 'String', (question) => calledVia(question) ?? question.call.connection.userAgent],
  ['aws:IsMcpServiceAction', 'Bool', noMcp],
]
