import { describe, expect, test } from 'vitest'
import { openQuotas } from '../../src/quotas/open-quotas.ts'
import { parseQuotaFile } from '../../src/quotas/quota-file.ts'
import { quotasFile } from './quotas-file.ts'

const problemsOf = (text: string) => {
  const file = parseQuotaFile(text)
  return file.ok ? [] : file.problems
}

test('a file adjusts quotas everywhere, in a Region, for an account, and for an account in a Region', () => {
  const text = `
requests:
  CreateKey: 50
  Cryptographic operations (symmetric): 2500.5
resources:
  keys: 1000000
regions:
  us-east-1:
    requests: {DescribeKey: 10}
accounts:
  012345678901:
    requests: {GenerateDataKeyPair (RSA_4096): 3}
    resources: {aliasesPerKey: 0}
    regions:
      eu-central-1:
        resources: {grantsPerKey: 7, customKeyStores: 1}
`
  const account = '012345678901'
  expect(parseQuotaFile(text)).toEqual({
    ok: true,
    countsRequests: true,
    adjustments: [
      { quota: 'CreateKey', value: 50 },
      { quota: 'Cryptographic operations (symmetric)', value: 2500.5 },
      { quota: 'keys', value: 1_000_000 },
      { region: 'us-east-1', quota: 'DescribeKey', value: 10 },
      { account, quota: 'GenerateDataKeyPair (RSA_4096)', value: 3 },
      { account, quota: 'aliasesPerKey', value: 0 },
      { account, region: 'eu-central-1', quota: 'grantsPerKey', value: 7 },
      { account, region: 'eu-central-1', quota: 'customKeyStores', value: 1 },
    ],
  })
})

test('JSON will do as well, and an empty file adjusts nothing', () => {
  const json = JSON.stringify({ accounts: { '111122223333': { requests: { CreateKey: 1 } } } })
  expect(parseQuotaFile(json)).toMatchObject({
    adjustments: [{ account: '111122223333', quota: 'CreateKey', value: 1 }],
  })
  for (const text of ['', '# nothing', 'requests:\n', '{}']) {
    expect(parseQuotaFile(text)).toEqual({ ok: true, countsRequests: true, adjustments: [] })
  }
})

test('requests need not be counted for resources to be', async () => {
  const { path, remove } = await quotasFile('requests: off\nresources: {keys: 3}\n')
  const { rates, limits } = await openQuotas({ kind: 'file', path })
  await remove()
  expect(rates).toBeUndefined()
  expect(limits.find('keys', { account: '111122223333', region: 'us-east-1' })).toBe(3)
})

describe('a file that cannot be used', () => {
  test('has every problem named, with its place', () => {
    const text = `
request: {CreateKey: 1}
requests:
  CreateKey: many
  DescribeKey: 0
  Decrypt: 5
  Sign: 5
  GenerateDataKeyPair: 5
  Frobnicate: 1
resources:
  keys: 1.5
  onDemandRotationsPerKey: 30
regions:
  Frankfurt: {requests: {CreateKey: -1}}
accounts:
  4711: {accounts: {}}
  '111122223333': [1, 2]
`
    expect(problemsOf(text)).toEqual([
      '`request` is not known here; there is requests, resources, regions, accounts',
      '`requests.CreateKey` is not a number of requests per second above 0',
      '`requests.DescribeKey` is not a number of requests per second above 0',
      '`requests.Decrypt` has no quota of its own; it counts in `Cryptographic operations (symmetric)`, `Cryptographic operations (RSA)`, `Cryptographic operations (ECC and SM2)`',
      '`requests.Sign` has no quota of its own; it counts in `Cryptographic operations (RSA)`, `Cryptographic operations (ML-DSA)`, `Cryptographic operations (ECC and SM2)`',
      expect.stringMatching(
        /^`requests.GenerateDataKeyPair` has no quota of its own; it counts in `GenerateDataKeyPair \(/,
      ),
      '`requests.Frobnicate` is no request quota of AWS KMS',
      '`resources.keys` is not a whole number',
      '`resources.onDemandRotationsPerKey` is no adjustable quota; there is keys, aliasesPerKey, grantsPerKey, customKeyStores, GroupsPerAccount, RolesPerAccount, InstanceProfilesPerAccount, PoliciesPerAccount, OpenIdConnectProvidersPerAccount, PoliciesPerUser, PoliciesPerRole, ACLSizePerRole',
      '`regions.Frankfurt` is not a Region name, as in us-east-1',
      '`regions.Frankfurt.requests.CreateKey` is not a number of requests per second above 0',
      '`accounts.4711` is not an account id of 12 digits',
      '`accounts.4711.accounts` is not known here; there is requests, resources, regions',
      '`accounts.111122223333` must have members, as name: value',
    ])
  })

  test.each([
    ['a list', '- a', ['the file must have members, as name: value']],
    ['a word', 'aws', ['the file must have members, as name: value']],
    ['no YAML', '{', [expect.stringContaining('at line 1')]],
    ['a name twice', 'requests: {}\nrequests: {}', [expect.stringMatching(/unique.* at line 2/)]],
    ['a strange name', '__proto__: {requests: {}}', [expect.stringMatching(/^`__proto__` is not known/)]],
    ['a rate that is off', 'regions: {us-east-1: {requests: off}}', [expect.stringContaining('members')]],
    [
      'a Region of IAM',
      'regions: {us-east-1: {resources: {RolesPerAccount: 1}}}',
      ['`regions.us-east-1.resources.RolesPerAccount` is a quota of IAM, which has no Regions'],
    ],
    [
      'a quota that IAM raises for nobody',
      'resources: {UsersPerAccount: 1}',
      [expect.stringMatching(/^`resources.UsersPerAccount` is no adjustable quota/)],
    ],
    ['a rate beyond reason', 'requests: {CreateKey: 1e400}', [expect.stringContaining('above 0')]],
  ])('is %s', (_what, text, problems) => {
    expect(problemsOf(text)).toEqual(problems)
  })

  test('keeps the service from starting', async () => {
    await expect(openQuotas({ kind: 'file', path: '/no/quotas.yaml' })).rejects.toThrow(
      'the quotas file /no/quotas.yaml cannot be read (ENOENT)',
    )
    const { path, remove } = await quotasFile('requests: {CreateKey: x}\nresources: {key: 1}\n')
    await expect(openQuotas({ kind: 'file', path })).rejects.toMatchObject({
      name: 'CannotStart',
      message: `the quotas file ${path} cannot be used:
  \`requests.CreateKey\` is not a number of requests per second above 0
  \`resources.key\` is no adjustable quota; there is keys, aliasesPerKey, grantsPerKey, customKeyStores, GroupsPerAccount, RolesPerAccount, InstanceProfilesPerAccount, PoliciesPerAccount, OpenIdConnectProvidersPerAccount, PoliciesPerUser, PoliciesPerRole, ACLSizePerRole`,
    })
    await remove()
  })
})
