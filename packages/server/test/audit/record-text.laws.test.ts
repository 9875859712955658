import type { Authorization, Citation, Form, Grant, NamedPolicy } from '@claviger/policy'
import { compilePolicy, parsePolicy } from '@claviger/policy'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cloudTrailRecord, type Happening } from '../../src/audit/record.ts'
import { jsonOf, recordText, textRecord } from '../../src/audit/record-text.ts'
import type { Call, Caller, CallerSession, Connection } from '../../src/call/call.ts'
import type { KeyEntry } from '../../src/catalog/key-entry.ts'
import { Refusal, type RefusalCode } from '../../src/protocol/errors.ts'

const optional = <T>(member: fc.Arbitrary<T>) => fc.option(member, { nil: undefined })
/** Without the members that are `undefined`: those that are absent. */
const present = <T extends object>(record: fc.Arbitrary<T>) =>
  record.map(
    (value) => Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T,
  )
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('"', '\\', '\u2028', '\ud800', '</a>', 'é', '\0', '__proto__'),
)
const accountIds = fc.constantFrom('111122223333', '444455556666')

const policy = parsePolicy(
  JSON.stringify({
    Version: '2012-10-17',
    Statement: ['A "quoted" one', 'Other'].map((Sid) => ({
      Sid,
      Effect: 'Allow',
      Action: '*',
      Resource: '*',
    })),
  }),
  'identity-policy',
)
const form: Form = compilePolicy(policy.ok ? policy.policy : expect.unreachable('the policy parses'))

const policies: fc.Arbitrary<NamedPolicy> = present(
  fc.record({ name: text, arn: optional(text), form: fc.constant(form) }),
) as fc.Arbitrary<NamedPolicy>
const citations: fc.Arbitrary<Citation> = present(
  fc.record({
    layer: fc.constantFrom('key-policy' as const, 'identity-policy' as const, 'session-policy' as const),
    policy: optional(policies),
    statement: fc.constantFrom(...form.policy.statements),
  }),
) as fc.Arbitrary<Citation>
const decisions: fc.Arbitrary<Authorization> = present(
  fc.record({
    decision: fc.constantFrom('Allow' as const, 'ImplicitDeny' as const, 'ExplicitDeny' as const),
    layer: fc.constantFrom('key-policy' as const, 'grant' as const, 'permissions-boundary' as const),
    because: fc.array(citations, { maxLength: 3 }),
    grant: optional(fc.record({ grantId: text }) as fc.Arbitrary<object> as fc.Arbitrary<Grant>),
  }),
) as fc.Arbitrary<Authorization>

const principals: fc.Arbitrary<Caller['principal']> = fc.oneof(
  fc.record({ kind: fc.constant('root' as const), arn: text, account: accountIds }),
  fc.record({
    kind: fc.constant('user' as const),
    arn: text,
    account: accountIds,
    uniqueId: text,
    name: text,
  }),
  fc.record({
    kind: fc.constant('assumed-role' as const),
    arn: text,
    roleArn: text,
    account: accountIds,
    roleId: text,
    sessionName: text,
  }),
  fc.record({
    kind: fc.constant('federated-user' as const),
    arn: text,
    issuerArn: text,
    account: accountIds,
  }),
  fc.record({ kind: fc.constant('web-identity' as const), arn: text, account: accountIds }),
  fc.record({ kind: fc.constant('service' as const), service: text }),
)
const sessions = present(
  fc.record({
    issuedAt: fc.nat(2e12),
    expiresAt: fc.nat(2e12),
    multiFactor: fc.boolean(),
    sourceIdentity: optional(text),
    transitiveTags: fc.constant([]),
  }),
) as fc.Arbitrary<CallerSession>
const callers = present(
  fc.record({
    principal: principals,
    account: fc.oneof(accountIds, fc.constant('')),
    accessKeyId: text,
    identityPolicies: fc.constant([]),
    tags: fc.constant([]),
    session: optional(sessions),
    via: optional(fc.constantFrom('s3.us-east-1.amazonaws.com', 'other.example.com')),
    source: optional(fc.record({ account: accountIds })),
  }),
) as fc.Arbitrary<Caller>
const connections = present(
  fc.record({
    sourceIp: text,
    userAgent: text,
    host: text,
    tls: optional(fc.record({ version: text, cipherSuite: text })),
    endpoint: optional(fc.record({ id: text, vpcId: text, account: accountIds })),
  }),
) as fc.Arbitrary<object> as fc.Arbitrary<Connection>
/** Of a few callers, who come again. */
const calls = (several: readonly Caller[]): fc.Arbitrary<Call> =>
  fc.record({
    caller: fc.constantFrom(...several),
    service: fc.constantFrom('kms' as const, 'iam' as const, 'sts' as const),
    region: text,
    now: fc.nat(2e12),
    requestId: text,
    connection: connections,
  })

const keys = fc
  .record({
    account: accountIds,
    id: text,
    keyStore: optional(present(fc.record({ storeId: text, xksKeyId: optional(text) }))),
  })
  .map(({ account, id, keyStore }) => ({
    arn: `arn:aws:kms:us-east-1:${account}:key/${id}`,
    key: { account, ...(keyStore && { keyStore }) },
  })) as fc.Arbitrary<object> as fc.Arbitrary<KeyEntry>
const codes: readonly RefusalCode[] = ['AccessDeniedException', 'NotFoundException', 'DisabledException']
const refusals = fc
  .tuple(fc.constantFrom(...codes), optional(text))
  .map(([code, message]) => new Refusal(code, message))
const members = {
  KeyId: text,
  EncryptionContext: fc.dictionary(text, text),
  EncryptionAlgorithm: text,
  DryRun: fc.boolean(),
}
const values = fc.record(members, { requiredKeys: [] })
const happenings = (several: readonly Caller[]): fc.Arbitrary<Happening> =>
  fc
    .record({
      call: calls(several),
      eventId: text,
      operation: fc.constantFrom(
        'Encrypt',
        'Decrypt',
        'GenerateDataKey',
        'ReEncrypt',
        'CreateAlias',
        'GetUser',
        'NoSuch',
      ),
      input: optional(values),
      output: optional(values),
      keys: fc.array(keys, { maxLength: 2 }),
      otherResources: fc.array(text, { maxLength: 1 }),
      refusal: optional(refusals),
      decisions: fc.array(decisions, { maxLength: 2 }),
      extra: fc.dictionary(
        fc.constantFrom('keyMaterialId', 'grantId', 'recipient'),
        fc.oneof(text, fc.dictionary(text, text)),
      ),
      invokedBy: optional(text),
      sharedEventId: optional(text),
      owner: optional(accountIds),
    })
    .map((happening) =>
      Object.fromEntries(Object.entries(happening).filter(([, value]) => value !== undefined)),
    ) as object as fc.Arbitrary<Happening>

test('a record that is written at once has the characters of the one that its definition makes', () => {
  const several = fc.array(callers, { minLength: 1, maxLength: 3 })
  const rounds = several.chain((some) => fc.array(happenings(some), { minLength: 1, maxLength: 8 }))
  fc.assert(
    fc.property(rounds, (all) => {
      for (const happening of all) {
        const definition = cloudTrailRecord(happening)
        expect(recordText(happening)).toBe(JSON.stringify(definition))
        const record = textRecord(happening)
        expect(jsonOf(record)).toBe(JSON.stringify(definition))
        expect(JSON.stringify(record)).toBe(JSON.stringify(definition))
        expect(() => structuredClone(record)).toThrow()
        // What is looked at beside the text says the same.
        const { toJSON: _, ...members } = record
        for (const [member, value] of Object.entries(members)) expect(value).toEqual(definition[member])
      }
    }),
    { numRuns: 300 },
  )
})
