import type { EvaluationResult, IAM, SimulateCustomPolicyCommandInput } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { memberAccount } from '../member-account.ts'
import { account, allow, denial, keyPolicy, refused, type Serving, serve, type User } from '../serving.ts'

/** Both simulators, asked by the real AWS client of a listening service. */

const keyArn = `arn:aws:kms:us-east-1:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`
const otherKeyArn = `arn:aws:kms:us-east-1:${account}:key/11111111-2222-3333-4444-555555555555`
const foreignKeyArn = 'arn:aws:kms:us-east-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab'

let serving: Serving
let iam: IAM
let alice: User

beforeAll(async () => {
  serving = await serve()
  iam = serving.root.iam
  alice = await serving.user('alice', 'kms:Encrypt')
})
afterAll(() => serving.close())

function policy(...statements: object[]): string {
  const complete = statements.map((one) => ({ Effect: 'Allow', Resource: '*', ...one }))
  return JSON.stringify({ Version: '2012-10-17', Statement: complete })
}

async function simulateCustom(input: Partial<SimulateCustomPolicyCommandInput>): Promise<EvaluationResult> {
  const { EvaluationResults } = await iam.simulateCustomPolicy({
    PolicyInputList: [],
    ActionNames: ['kms:Decrypt'],
    ...input,
  })
  const [result] = EvaluationResults ?? []
  if (result === undefined || EvaluationResults?.length !== 1) throw new Error('one result was expected')
  return result
}

/** What a simulation of one action comes to, in a word. */
const decision = async (input: Partial<SimulateCustomPolicyCommandInput>) =>
  (await simulateCustom(input)).EvalDecision

describe('SimulateCustomPolicy', () => {
  test('says allowed, and by which statement of which policy at which place', async () => {
    const text = `{
  "Version":"2012-10-17",
  "Statement":[
    {
      "Effect":"Allow",
      "Action":"kms:DescribeKey",
      "Resource":"*"
    },
    {"Effect":"Allow","Action":"kms:Decrypt","Resource":"*"}
  ]
}`
    const PolicyInputList = [allow(['kms:Encrypt'], { on: '*' }), text]
    expect(await simulateCustom({ PolicyInputList, ActionNames: ['kms:DescribeKey'] })).toEqual({
      EvalActionName: 'kms:DescribeKey',
      EvalResourceName: '*',
      EvalDecision: 'allowed',
      MatchedStatements: [
        {
          SourcePolicyId: 'PolicyInputList.2',
          SourcePolicyType: 'IAM Policy',
          StartPosition: { Line: 3, Column: 16 },
          EndPosition: { Line: 8, Column: 6 },
        },
      ],
      MissingContextValues: [],
    })
    const [second] = (await simulateCustom({ PolicyInputList })).MatchedStatements ?? []
    expect(second?.StartPosition).toEqual({ Line: 8, Column: 7 })
    expect(second?.EndPosition).toEqual({ Line: 9, Column: 61 })
  })

  test('tells what nobody allows from what somebody denies', async () => {
    const PolicyInputList = [policy({ Action: 'kms:*' }, { Effect: 'Deny', Action: 'kms:Decrypt' })]
    const denied = await simulateCustom({ PolicyInputList })
    expect(denied.EvalDecision).toBe('explicitDeny')
    expect(denied.MatchedStatements).toHaveLength(1)
    const silent = await simulateCustom({ PolicyInputList, ActionNames: ['s3:GetObject'] })
    expect(silent).toMatchObject({ EvalDecision: 'implicitDeny', MatchedStatements: [] })
  })

  test('gives one result per action, over all resources and for each of them', async () => {
    const PolicyInputList = [
      policy(
        { Action: 'kms:Decrypt', Resource: keyArn },
        { Effect: 'Deny', Action: 'kms:Decrypt', Resource: otherKeyArn },
      ),
    ]
    const ResourceArns = [keyArn, otherKeyArn]
    const result = await simulateCustom({ PolicyInputList, ResourceArns })
    expect(result).toMatchObject({
      EvalDecision: 'explicitDeny',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: AWS's own placeholders
      EvalResourceName: 'arn:${Partition}:kms:${Region}:${Account}:key/${KeyId}',
      EvalDecisionDetails: {},
      ResourceSpecificResults: [
        { EvalResourceName: keyArn, EvalResourceDecision: 'allowed', EvalDecisionDetails: {} },
        { EvalResourceName: otherKeyArn, EvalResourceDecision: 'explicitDeny' },
      ],
    })
    // What allowed the other resource contributed nothing to the no.
    expect(result.MatchedStatements).toEqual(result.ResourceSpecificResults?.[1]?.MatchedStatements)
  })

  test('evaluates a key policy with the identity policies, as a real call is decided', async () => {
    const CallerArn = `arn:aws:iam::${account}:user/somebody`
    const named = keyPolicy({ Effect: 'Allow', Principal: { AWS: CallerArn }, Action: 'kms:Decrypt' })
    const ask = { CallerArn, ResourceArns: [keyArn] }
    expect(await decision({ ...ask, ResourcePolicy: named })).toBe('allowed')
    expect(await decision({ ...ask, ResourcePolicy: keyPolicy() })).toBe('implicitDeny')

    const PolicyInputList = [allow(['kms:Decrypt'], { on: '*' })]
    const delegated = await simulateCustom({ ...ask, PolicyInputList, ResourcePolicy: keyPolicy() })
    expect(delegated.EvalDecision).toBe('allowed')
    expect(
      delegated.MatchedStatements?.map((one) => [one.SourcePolicyId, String(one.SourcePolicyType)]),
    ).toEqual([
      ['ResourcePolicy', 'Resource Policy'],
      ['PolicyInputList.1', 'IAM Policy'],
    ])

    const somebodyElse = `arn:aws:iam::${account}:user/other`
    const closed = policy({ Principal: { AWS: somebodyElse }, Action: 'kms:*' })
    expect(await decision({ ...ask, PolicyInputList, ResourcePolicy: closed })).toBe('implicitDeny')
    // For what acts on no key, no key policy has a say.
    const noKey = { ActionNames: ['kms:CreateKey'], PolicyInputList: [allow(['kms:*'], { on: '*' })] }
    expect(await decision({ CallerArn, ...noKey, ResourcePolicy: closed })).toBe('allowed')
  })

  test('knows that a session of a role is what a key policy naming the role means', async () => {
    const CallerArn = `arn:aws:iam::${account}:role/service/App`
    const ResourcePolicy = keyPolicy({
      Effect: 'Allow',
      Principal: { AWS: CallerArn },
      Action: 'kms:Decrypt',
    })
    const boundary = { PermissionsBoundaryPolicyInputList: [allow(['s3:*'], { on: '*' })] }
    expect(await decision({ CallerArn, ResourceArns: [keyArn], ResourcePolicy })).toBe('allowed')
    expect(await decision({ CallerArn, ResourceArns: [keyArn], ResourcePolicy, ...boundary })).toBe(
      'implicitDeny',
    )
  })

  test('needs both accounts for the key of another one, and says how each decided', async () => {
    const CallerArn = `arn:aws:iam::${account}:user/somebody`
    const PolicyInputList = [allow(['kms:*'], { on: '*' })]
    const ask = { CallerArn, PolicyInputList, ResourceArns: [foreignKeyArn] }
    expect(await simulateCustom(ask)).toMatchObject({
      EvalDecision: 'implicitDeny',
      EvalDecisionDetails: { 'IAM Policy': 'allowed', 'Resource Policy': 'implicitDeny' },
    })
    const ResourcePolicy = policy({ Principal: { AWS: account }, Action: 'kms:*' })
    expect(await decision({ ...ask, ResourcePolicy })).toBe('allowed')
    // Some operations do not work across accounts, whatever policies say.
    expect(await decision({ ...ask, ResourcePolicy, ActionNames: ['kms:PutKeyPolicy'] })).toBe('implicitDeny')
    const owned = { ...ask, ResourcePolicy, ResourceArns: ['*'] }
    const ResourceOwner = 'arn:aws:iam::444455556666:root'
    expect(await decision({ ...owned, ResourceOwner, ActionNames: ['kms:PutKeyPolicy'] })).toBe(
      'implicitDeny',
    )
  })

  test('holds the policies to a permissions boundary and an organization', async () => {
    const PolicyInputList = [allow(['kms:*'], { on: '*' })]
    const everything = allow(['*'], { on: '*' })
    const levels = (...texts: string[]) => texts.map((text) => ({ ServiceControlPolicyInputList: [text] }))
    expect(
      await simulateCustom({
        PolicyInputList,
        PermissionsBoundaryPolicyInputList: [allow(['kms:Encrypt'], { on: '*' })],
      }),
    ).toMatchObject({
      EvalDecision: 'implicitDeny',
      PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false },
    })
    const denying = policy({ Effect: 'Deny', Action: 'kms:Decrypt' })
    expect(
      await simulateCustom({
        PolicyInputList,
        OrderedOrganizationPolicyInputList: levels(everything, denying),
      }),
    ).toMatchObject({
      EvalDecision: 'explicitDeny',
      // Statements of an organization are not shown to those it binds.
      MatchedStatements: [],
      OrganizationsDecisionDetail: { AllowedByOrganizations: false },
    })
    expect(
      await simulateCustom({
        PolicyInputList,
        OrderedOrganizationPolicyInputList: levels(everything, everything),
      }),
    ).toMatchObject({
      EvalDecision: 'allowed',
      OrganizationsDecisionDetail: { AllowedByOrganizations: true },
    })
  })

  test('takes condition keys as entered, and names those that are missing', async () => {
    const PolicyInputList = [
      policy({
        Action: 'kms:Decrypt',
        Condition: {
          StringEquals: { 'kms:EncryptionContext:AppName': 'ExampleApp' },
          'ForAllValues:StringEquals': { 'kms:EncryptionContextKeys': ['AppName'] },
          NumericLessThan: { 'aws:MultiFactorAuthAge': '300' },
        },
      }),
    ]
    const missing = await simulateCustom({ PolicyInputList })
    expect(missing.EvalDecision).toBe('implicitDeny')
    expect(missing.MissingContextValues).toEqual([
      'kms:EncryptionContext:AppName',
      'kms:EncryptionContextKeys',
      'aws:MultiFactorAuthAge',
    ])
    const ContextEntries = [
      {
        ContextKeyName: 'KMS:EncryptionContext:appname',
        ContextKeyValues: ['ExampleApp'],
        ContextKeyType: 'string' as const,
      },
      {
        ContextKeyName: 'kms:EncryptionContextKeys',
        ContextKeyValues: ['AppName'],
        ContextKeyType: 'stringList' as const,
      },
      {
        ContextKeyName: 'aws:MultiFactorAuthAge',
        ContextKeyValues: ['42'],
        ContextKeyType: 'numeric' as const,
      },
    ]
    expect(await simulateCustom({ PolicyInputList, ContextEntries })).toMatchObject({
      EvalDecision: 'allowed',
      MissingContextValues: [],
    })
  })

  test('fills what follows from the caller, variables included', async () => {
    const PolicyInputList = [
      policy({
        Action: 'kms:Decrypt',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable
        Condition: { StringEquals: { 'kms:RequestAlias': 'alias/${aws:username}' } },
      }),
    ]
    const ContextEntries = [
      {
        ContextKeyName: 'kms:RequestAlias',
        ContextKeyValues: ['alias/somebody'],
        ContextKeyType: 'string' as const,
      },
    ]
    const CallerArn = `arn:aws:iam::${account}:user/team/somebody`
    expect(await decision({ PolicyInputList, ContextEntries, CallerArn })).toBe('allowed')
    expect(await simulateCustom({ PolicyInputList, ContextEntries })).toMatchObject({
      EvalDecision: 'implicitDeny',
      MissingContextValues: ['aws:username'],
    })
  })

  test('comes in pages', async () => {
    const ActionNames = ['kms:Encrypt', 'kms:Decrypt', 'kms:DescribeKey']
    const ask = { PolicyInputList: [allow(['kms:Decrypt'], { on: '*' })], ActionNames, MaxItems: 2 }
    const first = await iam.simulateCustomPolicy(ask)
    expect(first.EvaluationResults?.map((one) => one.EvalActionName)).toEqual(ActionNames.slice(0, 2))
    expect(first.IsTruncated).toBe(true)
    const second = await iam.simulateCustomPolicy({ ...ask, Marker: first.Marker })
    expect(second.EvaluationResults?.map((one) => one.EvalActionName)).toEqual(ActionNames.slice(2))
    expect(second.IsTruncated).toBe(false)
    expect(second.Marker).toBeUndefined()
    await refused(iam.simulateCustomPolicy({ ...ask, Marker: 'elsewhere' }), 'InvalidInputException')
  })

  test('accepts ResourceHandlingOption, which is about EC2', async () => {
    const ask = { PolicyInputList: [allow(['kms:*'], { on: '*' })], ResourceHandlingOption: 'EC2-VPC-EBS' }
    expect(await decision(ask)).toBe('allowed')
  })

  test.each([
    ['a policy that is none', { PolicyInputList: ['{}'] }, /^Invalid Input PolicyInputList\.1: /],
    ['a key policy that is none', { ResourcePolicy: '{"Statement":[]}' }, /^Invalid Input ResourcePolicy: /],
    ['an action without its service', { ActionNames: ['Decrypt'] }, /^Invalid Action Name: Decrypt$/],
    ['an action with a wildcard', { ActionNames: ['kms:*'] }, /^Invalid Action Name/],
    ['a resource that is no ARN', { ResourceArns: ['alias/example'] }, /^Invalid Resource Arn/],
    ['an owner who is no account', { ResourceOwner: account }, /^Invalid Resource Owner/],
    [
      'a session as caller',
      { CallerArn: `arn:aws:sts::${account}:assumed-role/App/session` },
      `Invalid Entity Arn: arn:aws:sts::${account}:assumed-role/App/session does not clearly define entity type and name.`,
    ],
    [
      'a key policy without a caller',
      { ResourcePolicy: keyPolicy() },
      'Invalid caller - Caller must be an IAM user in this context.',
    ],
    [
      'a key policy for an action of another service',
      { ResourcePolicy: keyPolicy(), ActionNames: ['s3:GetObject'] },
      /has no say about s3:GetObject/,
    ],
    [
      'two boundaries',
      { PermissionsBoundaryPolicyInputList: [allow(['*'], { on: '*' }), allow(['*'], { on: '*' })] },
      /^Only one permissions boundary/,
    ],
    [
      'a number that is none',
      {
        ContextEntries: [
          {
            ContextKeyName: 'aws:MultiFactorAuthAge',
            ContextKeyValues: ['x'],
            ContextKeyType: 'numeric' as const,
          },
        ],
      },
      /^Invalid Context Entry/,
    ],
  ])('refuses %s', async (_what, input, message) => {
    await refused(simulateCustom(input), 'InvalidInputException', message)
  })

  test('is for those whom a policy allows it', async () => {
    const ask = { PolicyInputList: [], ActionNames: ['kms:Decrypt'] }
    const action = 'iam:SimulateCustomPolicy'
    await refused(
      alice.iam.simulateCustomPolicy(ask),
      'AccessDenied',
      denial(alice, action, '*', `because no identity-based policy allows the ${action} action`),
    )
    const bob = await serving.user('bob', action)
    expect((await bob.iam.simulateCustomPolicy(ask)).EvaluationResults).toHaveLength(1)
  })
})

describe('SimulatePrincipalPolicy', () => {
  const simulate = async (input: object) => {
    const { EvaluationResults } = await iam.simulatePrincipalPolicy({
      PolicySourceArn: alice.arn,
      ActionNames: ['kms:Encrypt'],
      ...input,
    })
    return EvaluationResults?.[0]
  }

  test('asks the policies that a user has', async () => {
    expect(await simulate({})).toMatchObject({
      EvalDecision: 'allowed',
      MatchedStatements: [{ SourcePolicyId: 'user_alice_allowing', SourcePolicyType: 'IAM Policy' }],
    })
    expect(await simulate({ ActionNames: ['kms:Decrypt'] })).toMatchObject({ EvalDecision: 'implicitDeny' })
  })

  test('says what another policy would change, or one policy less', async () => {
    const more = { ActionNames: ['kms:Decrypt'], PolicyInputList: [allow(['kms:Decrypt'], { on: '*' })] }
    expect(await simulate(more)).toMatchObject({
      EvalDecision: 'allowed',
      MatchedStatements: [{ SourcePolicyId: 'PolicyInputList.1' }],
    })
    const InlinePolicyIdentifier = {
      PolicyName: 'allowing',
      AttachmentType: 'user',
      AttachmentName: 'alice',
    }
    expect(await simulate({ PolicyExclusionList: [{ InlinePolicyIdentifier }] })).toMatchObject({
      EvalDecision: 'implicitDeny',
    })
    expect(await simulate({ PolicyExclusionList: [{ PolicyType: 'aws-managed' }] })).toMatchObject({
      EvalDecision: 'allowed',
    })
  })

  test('takes the user as the caller that a key policy names, or somebody else with the same policies', async () => {
    const ResourcePolicy = policy({ Principal: { AWS: alice.arn }, Action: 'kms:*' })
    const ask = { ResourcePolicy, ResourceArns: [keyArn] }
    expect(await simulate(ask)).toMatchObject({ EvalDecision: 'allowed' })
    const CallerArn = `arn:aws:iam::${account}:user/other`
    expect(await simulate({ ...ask, CallerArn })).toMatchObject({ EvalDecision: 'implicitDeny' })
  })

  test('answers as the real call does', async () => {
    const { KeyMetadata } = await serving.root.kms.createKey({})
    const KeyId = String(KeyMetadata?.Arn)
    const { Policy } = await serving.root.kms.getKeyPolicy({ KeyId })
    const ask = { ResourcePolicy: Policy, ResourceArns: [KeyId] }
    expect(await simulate(ask)).toMatchObject({ EvalDecision: 'allowed' })
    await alice.kms.encrypt({ KeyId, Plaintext: Buffer.from('text') })
    expect(await simulate({ ...ask, ActionNames: ['kms:DescribeKey'] })).toMatchObject({
      EvalDecision: 'implicitDeny',
    })
    await refused(alice.kms.describeKey({ KeyId }), 'AccessDeniedException')
  })

  test('asks what a user has through a group, and what is managed, each by its name', async () => {
    const GroupName = 'Readers'
    const PolicyArn = 'arn:aws:iam::aws:policy/AWSKeyManagementServicePowerUser'
    await serving.user('carol')
    await iam.createGroup({ GroupName })
    await iam.putGroupPolicy({
      GroupName,
      PolicyName: 'decrypting',
      PolicyDocument: allow(['kms:Decrypt'], { on: '*' }),
    })
    await iam.attachGroupPolicy({ GroupName, PolicyArn })
    await iam.addUserToGroup({ GroupName, UserName: 'carol' })
    const sources = [`arn:aws:iam::${account}:user/carol`, `arn:aws:iam::${account}:group/${GroupName}`]
    for (const PolicySourceArn of sources) {
      expect(await simulate({ PolicySourceArn, ActionNames: ['kms:Decrypt'] })).toMatchObject({
        EvalDecision: 'allowed',
        MatchedStatements: [{ SourcePolicyId: 'group_Readers_decrypting' }],
      })
      const ask = { PolicySourceArn, ActionNames: ['kms:ListKeys'] }
      expect(await simulate(ask)).toMatchObject({
        EvalDecision: 'allowed',
        MatchedStatements: [{ SourcePolicyId: 'AWSKeyManagementServicePowerUser' }],
      })
      for (const excluded of [{ PolicyType: 'aws-managed' }, { PolicyArn }])
        expect(await simulate({ ...ask, PolicyExclusionList: [excluded] })).toMatchObject({
          EvalDecision: 'implicitDeny',
        })
    }
  })

  test('asks what a role has, within its boundary or within another', async () => {
    const RoleName = 'Simulated'
    const { Role } = await iam.createRole({
      RoleName,
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { AWS: account }, Action: 'sts:AssumeRole' }],
      }),
      PermissionsBoundary: 'arn:aws:iam::aws:policy/AWSKeyManagementServicePowerUser',
    })
    await iam.putRolePolicy({
      RoleName,
      PolicyName: 'all',
      PolicyDocument: allow(['kms:*'], { on: '*' }),
    })
    const ask = { PolicySourceArn: Role?.Arn, ActionNames: ['kms:Encrypt'] }
    expect(await simulate(ask)).toMatchObject({
      EvalDecision: 'implicitDeny',
      PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false },
    })
    const wider = { PermissionsBoundaryPolicyInputList: [allow(['kms:Encrypt'], { on: '*' })] }
    expect(await simulate({ ...ask, ...wider })).toMatchObject({
      EvalDecision: 'allowed',
      MatchedStatements: [{ SourcePolicyId: 'role_Simulated_all' }],
    })
    const without = { PolicyExclusionList: [{ PolicyType: 'permission-boundary' }] }
    expect(await simulate({ ...ask, ...without })).toMatchObject({ EvalDecision: 'allowed' })
  })

  test('holds what somebody in a member account has to the organization’s policies, or to those less one', async () => {
    const member = await memberAccount(serving, 'simulated')
    const { organizations } = serving.root
    const mia = await member.user('mia', 'kms:*')
    const statement = { Effect: 'Deny', Action: 'kms:Decrypt', Resource: '*' }
    const { Policy } = await organizations.createPolicy({
      Name: 'NoDecrypt',
      Description: '',
      Type: 'SERVICE_CONTROL_POLICY',
      Content: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ ...statement, Condition: { StringEquals: { 'aws:PrincipalAccount': member.id } } }],
      }),
    })
    const PolicyId = String(Policy?.PolicySummary?.Id)
    await organizations.attachPolicy({ PolicyId, TargetId: member.id })
    const ask = async (more: object = {}) => {
      const asked = { PolicySourceArn: mia.arn, ActionNames: ['kms:Decrypt'], ...more }
      return (await member.administrator.iam.simulatePrincipalPolicy(asked)).EvaluationResults?.[0]
    }
    expect(await ask()).toMatchObject({
      EvalDecision: 'explicitDeny',
      MatchedStatements: [],
      OrganizationsDecisionDetail: { AllowedByOrganizations: false },
    })
    expect(await ask({ ActionNames: ['kms:Encrypt'] })).toMatchObject({
      EvalDecision: 'allowed',
      OrganizationsDecisionDetail: { AllowedByOrganizations: true },
    })
    const PolicyArn = String(Policy?.PolicySummary?.Arn)
    const lessOne = await ask({ PolicyExclusionList: [{ PolicyArn }] })
    expect(lessOne).toMatchObject({ EvalDecision: 'allowed' })
    const unbound = await ask({ PolicyExclusionList: [{ PolicyType: 'scp' }] })
    expect(unbound).toMatchObject({ EvalDecision: 'allowed' })
    expect(unbound).not.toHaveProperty('OrganizationsDecisionDetail')
    // The management account is bound by none.
    const asked = { PolicySourceArn: alice.arn, ActionNames: ['kms:Encrypt'] }
    const { EvaluationResults } = await iam.simulatePrincipalPolicy(asked)
    expect(EvaluationResults?.[0]).not.toHaveProperty('OrganizationsDecisionDetail')
  })

  test('knows only whom there is, and of the own account', async () => {
    const nobody = { PolicySourceArn: `arn:aws:iam::${account}:role/App` }
    await refused(simulate(nobody), 'NoSuchEntityException', 'The role with name App cannot be found.')
    const foreign = { PolicySourceArn: 'arn:aws:iam::444455556666:user/alice' }
    await refused(
      simulate(foreign),
      'InvalidInputException',
      `Invalid Policy Source Arn: caller's account ${account} does not have access to policies in account 444455556666`,
    )
    const root = { PolicySourceArn: `arn:aws:iam::${account}:root` }
    await refused(simulate(root), 'InvalidInputException', /^Invalid Entity Arn/)
  })

  test('is for those who may on that principal, and others do not learn who exists', async () => {
    const action = 'iam:SimulatePrincipalPolicy'
    const ask = (name: string) =>
      alice.iam.simulatePrincipalPolicy({
        PolicySourceArn: `arn:aws:iam::${account}:user/${name}`,
        ActionNames: ['kms:Encrypt'],
      })
    await refused(ask('nobody'), 'AccessDenied')
    await refused(
      ask('alice'),
      'AccessDenied',
      denial(alice, action, alice.arn, `because no identity-based policy allows the ${action} action`),
    )
    await iam.putUserPolicy({
      UserName: 'alice',
      PolicyName: 'simulating',
      PolicyDocument: allow([action], { on: alice.arn }),
    })
    expect((await ask('alice')).EvaluationResults).toHaveLength(1)
    await refused(ask('bob'), 'AccessDenied')
  })
})
