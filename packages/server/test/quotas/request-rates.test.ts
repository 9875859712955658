import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Call } from '../../src/call/call.ts'
import { rootArn } from '../../src/identity/account.ts'
import { kms } from '../../src/protocol/models/kms.ts'
import { type Adjustment, Limits } from '../../src/quotas/limits.ts'
import { ownQuota, requestQuotas, sharedQuotaNames } from '../../src/quotas/request-quotas.ts'
import { type KeyUse, RequestRates } from '../../src/quotas/request-rates.ts'

const [here, elsewhere] = ['111122223333', '444455556666']

interface Caller {
  readonly account?: string
  readonly region?: string
  readonly now?: number
}

function callOf({ account = here, region = 'eu-north-1', now = 0 }: Caller = {}): Call {
  const principal = { kind: 'root', arn: rootArn(account), account } as const
  return {
    caller: { principal, account, accessKeyId: 'AKIAIOSFODNN7EXAMPLE', identityPolicies: [], tags: [] },
    service: 'kms',
    region,
    now,
    requestId: '00000000-0000-4000-8000-000000000000',
    connection: { sourceIp: '192.0.2.1', userAgent: 'test', host: 'kms.example' },
  }
}

const adjusted = (...adjustments: Adjustment[]) => new RequestRates(new Limits(adjustments))

/** How many calls in a row pass before one is throttled. */
function passes(call: () => void, most = 200_000): number {
  for (let count = 0; count < most; count += 1) {
    try {
      call()
    } catch (error) {
      expect(error).toMatchObject({
        code: 'ThrottlingException',
        message: 'You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.',
      })
      return count
    }
  }
  return most
}

const symmetric = { account: here, region: 'eu-north-1', keySpec: 'SYMMETRIC_DEFAULT' } as const
const used = (keySpec: string, also: object = {}): KeyUse => ({
  input: {},
  keys: [{ ...symmetric, keySpec, ...also }],
})

describe('AWS’s own quotas', () => {
  test('count each operation that is not cryptographic by itself', () => {
    const rates = adjusted()
    const sent = (operation: string) => passes(() => rates.requireOperationRate(operation, callOf()))
    expect(['CreateKey', 'PutKeyPolicy', 'DescribeKey', 'GetParametersForImport'].map(sent)).toEqual([
      5, 15, 2000, 1,
    ])
  })

  test('count cryptographic operations together, by the kind of key', () => {
    const rates = adjusted()
    const uses: [operation: string, keySpec: string][] = [
      ['Sign', 'RSA_2048'],
      ['Encrypt', 'RSA_4096'],
      ['Sign', 'ECC_NIST_P256'],
      ['DeriveSharedSecret', 'SM2'],
      ['Verify', 'ML_DSA_65'],
      ['Decapsulate', 'ML_KEM_768'],
      ['GenerateMac', 'HMAC_256'],
      ['Decrypt', 'SYMMETRIC_DEFAULT'],
    ]
    const sent = uses.map(([operation, spec]) =>
      passes(() => rates.requireUseRate(operation, used(spec), callOf())),
    )
    expect(sent).toEqual([1000, 0, 1000, 0, 1000, 1000, 10_000, 0])
  })

  test('are higher in some Regions', () => {
    const rates = adjusted()
    const sent = (region: string) =>
      passes(() => rates.requireUseRate('GenerateRandom', { input: {}, keys: [] }, callOf({ region })))
    expect(['eu-north-1', 'eu-central-1', 'us-east-1'].map(sent)).toEqual([10_000, 20_000, 100_000])
  })

  test('count data key pairs by their own spec, with and without plaintext, and not by the key', () => {
    const rates = adjusted()
    const sent = (operation: string, KeyPairSpec: string) =>
      passes(() => rates.requireUseRate(operation, { input: { KeyPairSpec }, keys: [symmetric] }, callOf()))
    expect(sent('GenerateDataKeyPair', 'RSA_2048')).toBe(20)
    expect(sent('GenerateDataKeyPairWithoutPlaintext', 'RSA_2048')).toBe(0)
    expect(sent('GenerateDataKeyPair', 'RSA_4096')).toBe(1)
    expect(passes(() => rates.requireUseRate('Encrypt', used('SYMMETRIC_DEFAULT'), callOf()))).toBe(10_000)
  })

  test('count a request for two kinds of key in both, and in one once', () => {
    const rates = adjusted()
    const keys = [symmetric, { ...symmetric, keySpec: 'RSA_2048' }]
    expect(passes(() => rates.requireUseRate('ReEncrypt', { input: {}, keys }, callOf()))).toBe(1000)
    const both = { input: {}, keys: [symmetric, symmetric] }
    expect(passes(() => rates.requireUseRate('ReEncrypt', both, callOf()))).toBe(9000)
  })

  test('count the keys of a custom key store for the store as well, whoever uses them', () => {
    const rates = adjusted()
    const inStore = used('SYMMETRIC_DEFAULT', { keyStore: { storeId: 'cks-1234567890abcdef0' } })
    const sent = (account: string) =>
      passes(() => rates.requireUseRate('Decrypt', inStore, callOf({ account })))
    expect(passes(() => rates.requireUseRate('Encrypt', inStore, callOf()), 800)).toBe(800)
    expect([sent(elsewhere), sent(here)]).toEqual([1000, 0])
    const other = used('SYMMETRIC_DEFAULT', { keyStore: { storeId: 'cks-00000000000000000' } })
    expect(passes(() => rates.requireUseRate('Encrypt', other, callOf()))).toBe(1800)
  })

  test('count a replica as two new keys where it is made, and a new primary in both Regions', () => {
    const rates = adjusted()
    const call = callOf()
    const replicate = { input: { ReplicaRegion: 'us-west-2' }, keys: [symmetric] }
    expect(passes(() => rates.requireUseRate('ReplicateKey', replicate, call))).toBe(2)
    const there = callOf({ region: 'us-west-2' })
    expect(passes(() => rates.requireOperationRate('CreateKey', there))).toBe(1)
    expect(passes(() => rates.requireOperationRate('CreateKey', call))).toBe(5)
    rates.requireUseRate('UpdatePrimaryRegion', { input: { PrimaryRegion: 'us-west-2' }, keys: [] }, call)
    expect(passes(() => rates.requireOperationRate('UpdatePrimaryRegion', there))).toBe(4)
  })

  test('are of KMS alone', () => {
    const rates = adjusted()
    const call = { ...callOf(), service: 'iam' } as const
    expect(passes(() => rates.requireOperationRate('CreateKey', call), 100)).toBe(100)
  })
})

describe('an adjusted quota', () => {
  const quota = 'CreateKey'
  const rates = () =>
    adjusted(
      { quota, value: 2 },
      { quota, value: 3, region: 'us-east-1' },
      { quota, value: 4, account: here },
      { quota, value: 6, account: here, region: 'us-east-1' },
    )
  test.each([
    ['everywhere', { account: elsewhere, region: 'eu-north-1' }, 2],
    ['in a Region', { account: elsewhere, region: 'us-east-1' }, 3],
    ['for an account', { account: here, region: 'eu-north-1' }, 4],
    ['for an account in a Region', { account: here, region: 'us-east-1' }, 6],
  ])('holds %s, unless a more particular one does', (_where, caller, most) => {
    const counting = rates()
    expect(passes(() => counting.requireOperationRate(quota, callOf(caller)))).toBe(most)
  })
})

test('what one account or Region does, or one quota counts, changes nothing for the others', () => {
  const places = [here, elsewhere].flatMap((account) =>
    ['us-east-1', 'eu-north-1'].flatMap((region) =>
      ['CreateKey', 'CreateAlias'].map((operation) => ({ account, region, operation })),
    ),
  )
  const one = fc.record({ place: fc.constantFrom(...places), gap: fc.nat(150) })
  fc.assert(
    fc.property(fc.array(one, { maxLength: 80 }), (all) => {
      let now = 0
      const timed = all.map(({ place, gap }) => {
        now += gap
        return { ...place, now }
      })
      const answers = (rates: RequestRates, calls: typeof timed) =>
        calls.map((each) => passes(() => rates.requireOperationRate(each.operation, callOf(each)), 1))
      const together = answers(adjusted(), timed)
      for (const { account, region, operation } of places) {
        const own = timed.map(
          (each) => each.account === account && each.region === region && each.operation === operation,
        )
        const alone = answers(
          adjusted(),
          timed.filter((_, index) => own[index]),
        )
        expect(together.filter((_, index) => own[index])).toEqual(alone)
      }
    }),
    { numRuns: 40 },
  )
})

test('every operation of the API counts somewhere', () => {
  const pairs = [...requestQuotas.keys()].filter((name) => name.startsWith('GenerateDataKeyPair ('))
  expect(pairs).toHaveLength(12)
  const free = Object.keys(kms.operations).filter(
    (name) =>
      ownQuota(name) === undefined &&
      sharedQuotaNames(name).length === 0 &&
      !name.startsWith('GenerateDataKeyPair'),
  )
  expect(free).toEqual([])
})
