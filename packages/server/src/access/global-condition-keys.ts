import type { ConditionKeyValue, Principal } from '@claviger/policy'
import { principalIdOf } from '../call/principal-id.ts'
import { type ConditionKeyRow, ofPrincipal, type Question, type Supplier } from './condition-key.ts'

function principalArn({ call }: Question): ConditionKeyValue {
  const { principal } = call.caller
  if (principal.kind === 'service') return undefined
  return principal.kind === 'assumed-role' ? principal.roleArn : principal.arn
}

/** A service is of no account, whatever its caller record is filed under. */
function principalAccount({ call }: Question): ConditionKeyValue {
  const { principal } = call.caller
  return principal.kind === 'service' ? undefined : principal.account
}

const typeByKind: Readonly<Record<Principal['kind'], string | undefined>> = {
  root: 'Account',
  user: 'User',
  'assumed-role': 'AssumedRole',
  'federated-user': 'FederatedUser',
  service: undefined,
}

const userId: Supplier = ({ call }) => principalIdOf(call.caller.principal)

const principalTag: Supplier = ({ call }, suffix) =>
  call.caller.tags.find((tag) => tag.key.toLowerCase() === suffix)?.value

const requestTag: Supplier = ({ facts }, suffix) =>
  facts.requestTags?.find((tag) => tag.key.toLowerCase() === suffix)?.value

const noSessions = 'there are no temporary credentials yet'
const noOrganizations = 'there are no organizations yet'
const noEndpoints = 'there are no VPC endpoints yet'
const noCloud = 'it travels with the credentials that an AWS service hands to what runs on it'
const noServices = 'no AWS service calls here yet'
const noMcp = 'no MCP server of AWS calls here'

/** The condition keys that all services share. To add one, add a row; a name that ends in `/` is the beginning of many. */
export const globalConditionKeys: readonly ConditionKeyRow[] = [
  ['aws:PrincipalArn', 'ARN', principalArn],
  ['aws:PrincipalAccount', 'String', principalAccount],
  ['aws:PrincipalOrgPaths', 'ArrayOfString', noOrganizations],
  ['aws:PrincipalOrgID', 'String', noOrganizations],
  ['aws:PrincipalTag/', 'String', principalTag],
  ['aws:PrincipalIsAWSService', 'Bool', ({ call }) => String(call.caller.principal.kind === 'service')],
  ['aws:PrincipalServiceName', 'String', ofPrincipal('service', (principal) => principal.service)],
  [
    'aws:PrincipalServiceNamesList',
    'ArrayOfString',
    ofPrincipal('service', (principal) => [principal.service]),
  ],
  ['aws:PrincipalType', 'String', ({ call }) => typeByKind[call.caller.principal.kind]],
  ['aws:userid', 'String', userId],
  ['aws:username', 'String', ofPrincipal('user', (principal) => principal.name)],

  ['aws:AssumedRoot', 'Bool', noSessions],
  ['aws:FederatedProvider', 'String', noSessions],
  ['aws:TokenIssueTime', 'Date', noSessions],
  ['aws:MultiFactorAuthAge', 'Numeric', noSessions],
  ['aws:MultiFactorAuthPresent', 'Bool', noSessions],
  ['aws:ChatbotSourceArn', 'ARN', noCloud],
  ['aws:Ec2InstanceSourceVpc', 'String', noCloud],
  ['aws:Ec2InstanceSourcePrivateIPv4', 'IPAddress', noCloud],
  ['aws:SourceIdentity', 'String', noSessions],
  ['ec2:RoleDelivery', 'Numeric', noCloud],
  ['ec2:SourceInstanceArn', 'ARN', noCloud],
  ['glue:RoleAssumedBy', 'String', noCloud],
  ['glue:CredentialIssuingService', 'String', noCloud],
  ['lambda:SourceFunctionArn', 'ARN', noCloud],
  ['ssm:SourceInstanceArn', 'ARN', noCloud],
  ['identitystore:UserId', 'String', noSessions],

  ['aws:SourceIp', 'IPAddress', ({ call }) => call.connection.sourceIp],
  ['aws:SourceVpc', 'String', noEndpoints],
  ['aws:SourceVpcArn', 'String', noEndpoints],
  ['aws:SourceVpce', 'String', noEndpoints],
  ['aws:VpceAccount', 'String', noEndpoints],
  ['aws:VpceOrgPaths', 'ArrayOfString', noEndpoints],
  ['aws:VpceOrgID', 'String', noEndpoints],
  ['aws:VpcSourceIp', 'IPAddress', noEndpoints],

  ['aws:ResourceAccount', 'String', ({ resourceAccount }) => resourceAccount],
  ['aws:ResourceOrgID', 'String', noOrganizations],
  ['aws:ResourceOrgPaths', 'ArrayOfString', noOrganizations],
  ['aws:ResourceTag/', 'String', ({ key }, suffix) => key?.tags.get(suffix)],

  ['aws:CalledVia', 'ArrayOfString', noServices],
  ['aws:CalledViaFirst', 'String', noServices],
  ['aws:CalledViaLast', 'String', noServices],
  ['aws:CalledViaAWSMCP', 'String', noMcp],
  ['aws:ViaAWSService', 'Bool', () => 'false'],
  ['aws:ViaAWSMCPService', 'Bool', noMcp],
  ['aws:CurrentTime', 'Date', ({ call }) => new Date(call.now).toISOString()],
  ['aws:EpochTime', 'Date', ({ call }) => String(Math.floor(call.now / 1000))],
  ['aws:referer', 'String', ({ call }) => call.connection.referer],
  ['aws:RequestedRegion', 'String', ({ call }) => call.region],
  ['aws:RequestTag/', 'String', requestTag],
  ['aws:TagKeys', 'ArrayOfString', ({ facts }) => facts.tagKeys ?? facts.requestTags?.map((tag) => tag.key)],
  ['aws:SecureTransport', 'Bool', ({ call }) => String(call.connection.tls !== undefined)],
  ['aws:SourceArn', 'ARN', noServices],
  ['aws:SourceAccount', 'String', noServices],
  ['aws:SourceOwner', 'String', noServices],
  ['aws:SourceOrgPaths', 'ArrayOfString', noServices],
  ['aws:SourceOrgID', 'String', noServices],
  ['aws:UserAgent', 'String', ({ call }) => call.connection.userAgent],
  ['aws:IsMcpServiceAction', 'Bool', noMcp],
]
