import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findShared } from '../../../../tools/generate-models.ts'
import { account, bytes, newKey, type Person, rootArn, type Serving, serve, type User } from '../serving.ts'

/**
 * The published decision cases, told to a running service by a real client: with the key policy, the identity
 * policies and the grants of the case, a call is made and allowed or refused in AWS's words.
 */

interface Case {
  readonly id: string
  readonly title: string
  readonly principal: { readonly type: string; readonly arn: string; readonly account?: string }
  readonly action: string
  readonly keyPolicy: object | null
  readonly identity?: readonly object[]
  readonly grants?: readonly {
    readonly granteePrincipal: string
    readonly operations: readonly string[]
    readonly constraints?: object
  }[]
  readonly encryptionContext?: Record<string, string>
  readonly request?: Record<string, unknown>
  readonly newKeyPolicy?: object
  readonly expect: { readonly decision: string; readonly kind?: string; readonly policyType?: string }
}

/** What a running service has no part for yet: sessions, organizations, endpoints, services, other accounts. */
const notHere = [
  'boundary',
  'sessionPolicies',
  'callerScps',
  'ownerScps',
  'callerRcps',
  'ownerRcps',
  'vpcePolicy',
  'context',
  'keyManager',
]

const shared = findShared()
if (shared === undefined) console.log('skipped: the published decision cases are not in ../shared')
const file = shared === undefined ? undefined : join(shared, 'aws/authz-cases.json')
const cases = (file === undefined ? [] : (JSON.parse(readFileSync(file, 'utf8')).cases as Case[])).filter(
  ({ principal, ...each }) =>
    ['IAMUser', 'Root'].includes(principal.type) &&
    principal.account === account &&
    !notHere.some((member) => member in each),
)

const words: Readonly<Record<string, RegExp>> = {
  'implicit resource': /because no resource-based policy allows the \S+ action$/,
  'implicit identity': /because no identity-based policy allows the \S+ action$/,
  'explicit identity': /with an explicit deny in an identity-based policy$/,
  'explicit resource': /with an explicit deny in a resource-based policy$/,
}

let house: Serving
let alice: User
beforeAll(async () => {
  house = await serve()
  alice = await house.user('alice')
  // Stands in for the role that the cases name where they mean somebody other than the caller.
  await house.user('app')
})
afterAll(() => house?.close())

const exampleKey = 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab'

describe.skipIf(file === undefined)('a running service decides as published', () => {
  test.each(
    cases.map((each) => [each.id, each.title, each] as const),
  )('%s: %s', async (_id, _title, each) => {
    const { arn } = await newKey(house.root)
    const told = (document: unknown) =>
      JSON.stringify(document)
        .replaceAll(exampleKey, arn)
        .replaceAll(`arn:aws:iam::${account}:role/app`, `arn:aws:iam::${account}:user/app`)
    const call = await prepared(each, arn, told)
    const caller: Person = each.principal.type === 'Root' ? house.root : alice
    const thrown = await call(caller).then(
      () => undefined,
      (error: Error) => error,
    )
    if (each.expect.decision === 'ALLOW') {
      expect(thrown).toBeUndefined()
      return
    }
    expect(thrown?.name).toBe('AccessDeniedException')
    expect(thrown?.message).toMatch(words[`${each.expect.kind} ${each.expect.policyType}`] ?? /no such words/)
  })

  test('most of the cases of users and root users are among them', () => {
    expect(cases.length).toBeGreaterThan(20)
  })
})

/** Brings the service into the state that a case describes. @returns the call that the case is about */
async function prepared(each: Case, keyArn: string, told: (document: unknown) => string) {
  const { kms, iam } = house.root
  const EncryptionContext = each.encryptionContext
  const { CiphertextBlob } = await kms.encrypt({ KeyId: keyArn, Plaintext: bytes('x'), EncryptionContext })
  const named = each.request?.KeyId === undefined ? keyArn : `alias/${each.id}`
  if (named !== keyArn) await kms.createAlias({ AliasName: named, TargetKeyId: keyArn })
  for (const { granteePrincipal, operations, constraints } of each.grants ?? []) {
    await kms.createGrant({
      KeyId: keyArn,
      GranteePrincipal: granteePrincipal,
      Operations: operations as never,
      Constraints: constraints as never,
    })
  }
  for (const index of [0, 1]) {
    const document = each.identity?.[index] ?? { Version: '2012-10-17', Statement: nothing }
    const PolicyDocument = told(document).replaceAll('alias/x', named)
    await iam.putUserPolicy({ UserName: 'alice', PolicyName: `case-${index}`, PolicyDocument })
  }
  if (each.keyPolicy !== null) {
    await kms.putKeyPolicy({
      KeyId: keyArn,
      Policy: told(each.keyPolicy),
      BypassPolicyLockoutSafetyCheck: true,
    })
  }
  const calls: Readonly<Record<string, (who: Person) => Promise<unknown>>> = {
    'kms:Decrypt': (who) => who.kms.decrypt({ KeyId: named, CiphertextBlob, EncryptionContext }),
    'kms:DescribeKey': (who) => who.kms.describeKey({ KeyId: named }),
    'kms:CreateGrant': (who) =>
      who.kms.createGrant({
        KeyId: keyArn,
        GranteePrincipal: rootArn,
        Operations: each.request?.Operations as never,
      }),
    'kms:CreateKey': (who) => who.kms.createKey({ Tags: each.request?.Tags as never }),
    'kms:PutKeyPolicy': (who) =>
      who.kms.putKeyPolicy({
        KeyId: keyArn,
        Policy: told(each.newKeyPolicy),
        BypassPolicyLockoutSafetyCheck: each.request?.BypassPolicyLockoutSafetyCheck as never,
      }),
  }
  const call = calls[each.action]
  if (call === undefined) throw new Error(`no call for ${each.action}`)
  return call
}

/** A statement that says nothing of KMS: IAM takes no policy without one. */
const nothing = [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }]
