import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse, type Person } from '../apply/applying.ts'

/**
 * A bank's keys, and four people who are not to be the same person. The whole ground is the file; what follows it is
 * only the story.
 */
const bank = `
policies:
  no-further-than-kms:
    document:
      Version: '2012-10-17'
      Statement: {Effect: Allow, Action: ['kms:*'], Resource: '*'}
users:
  keeper: {access-key: file, boundary: no-further-than-kms, policies: [arn:aws:iam::aws:policy/AdministratorAccess]}
  teller: {access-key: file, tags: {desk: '7'}}
  auditor: {access-key: file, policies: [arn:aws:iam::aws:policy/SecurityAudit]}
  courier: {access-key: file}
keys:
  vault:
    policy:
      Version: '2012-10-17'
      Statement:
        - Sid: TheBank
          Effect: Allow
          Principal: {AWS: 'arn:aws:iam::<account>:root'}
          Action: ['kms:PutKeyPolicy', 'kms:GetKeyPolicy', 'kms:CreateGrant', 'kms:ListGrants', 'kms:List*', 'kms:Describe*', 'kms:Get*']
          Resource: '*'
        - Sid: KeepersKeepAndDoNotOpen
          Effect: Allow
          Principal: {AWS: 'arn:aws:iam::<account>:user/keeper'}
          Action: ['kms:DisableKey', 'kms:EnableKey', 'kms:ScheduleKeyDeletion', 'kms:CancelKeyDeletion']
          Resource: '*'
        - Sid: TellersOpenForTheirCustomers
          Effect: Allow
          Principal: {AWS: 'arn:aws:iam::<account>:user/teller'}
          Action: [kms:Encrypt, kms:Decrypt]
          Resource: '*'
          Condition: {'Null': {kms:EncryptionContext:customer: 'false'}}
    grants:
      - name: one-parcel
        grantee: arn:aws:iam::<account>:user/courier
        operations: [Decrypt]
        encryption-context-equals: {customer: ada}
`

let house: House
let [keeper, teller, auditor, courier]: Person[] = []
beforeAll(async () => {
  house = await openHouse()
  await house.write('bank.yaml', bank)
  const { status, stdout, stderr } = await house.apply('bank.yaml', '--yes')
  expect(status, stdout + stderr).toBe(0)
  ;[keeper, teller, auditor, courier] = await Promise.all(
    ['keeper', 'teller', 'auditor', 'courier'].map((name) => house.profile('bank.credentials', name)),
  )
})
afterAll(() => house.close())

const KeyId = 'alias/vault'
const Plaintext = Buffer.from('gold')
const of = (customer: string) => ({ EncryptionContext: { customer } })

/** Expects a call to be denied. */
async function denied(call: Promise<unknown> | undefined): Promise<void> {
  await expect(call).rejects.toMatchObject({ name: 'AccessDeniedException' })
}

describe('the keeper', () => {
  test('turns the key off and on, and cannot open what it closed', async () => {
    const { KeyMetadata } = (await keeper?.kms.describeKey({ KeyId })) ?? {}
    await keeper?.kms.disableKey({ KeyId: KeyMetadata?.KeyId })
    await keeper?.kms.enableKey({ KeyId: KeyMetadata?.KeyId })
    await denied(keeper?.kms.encrypt({ KeyId, Plaintext, ...of('ada') }))
  })

  test('administers keys and nobody, whatever policy is attached: the boundary says so', async () => {
    await expect(keeper?.iam.createUser({ UserName: 'crony' })).rejects.toMatchObject({
      name: 'AccessDenied',
    })
  })
})

describe('the teller', () => {
  test('opens for a customer, and never without saying for whom', async () => {
    const sealed = await teller?.kms.encrypt({ KeyId, Plaintext, ...of('ada') })
    const opened = await teller?.kms.decrypt({ CiphertextBlob: sealed?.CiphertextBlob, ...of('ada') })
    expect(Buffer.from(opened?.Plaintext ?? []).toString()).toBe('gold')
    await denied(teller?.kms.encrypt({ KeyId, Plaintext }))
  })
})

describe('the courier', () => {
  test('opens the one parcel that the grant is about', async () => {
    const [ada, bob] = await Promise.all(
      ['ada', 'bob'].map((name) => teller?.kms.encrypt({ KeyId, Plaintext, ...of(name) })),
    )
    await courier?.kms.decrypt({ CiphertextBlob: ada?.CiphertextBlob, ...of('ada') })
    await denied(courier?.kms.decrypt({ CiphertextBlob: bob?.CiphertextBlob, ...of('bob') }))
  })
})

describe('the auditor', () => {
  test('reads who may do what, and touches nothing', async () => {
    const { KeyMetadata } = (await auditor?.kms.describeKey({ KeyId })) ?? {}
    const { Policy } = (await auditor?.kms.getKeyPolicy({ KeyId: KeyMetadata?.KeyId })) ?? {}
    expect(Policy).toContain('KeepersKeepAndDoNotOpen')
    await denied(auditor?.kms.disableKey({ KeyId: KeyMetadata?.KeyId }))
    await denied(auditor?.kms.encrypt({ KeyId, Plaintext, ...of('ada') }))
  })
})

test('a line that is taken out of the file comes back as a line that is there no more', async () => {
  await house.write('bank.yaml', bank.replace('[kms:Encrypt, kms:Decrypt]', '[kms:Encrypt]'))
  const { stdout } = await house.apply('bank.yaml', '--yes')
  expect(stdout).toMatch(/- {9}"kms:Encrypt",\n/)
  const sealed = await teller?.kms.encrypt({ KeyId, Plaintext, ...of('ada') })
  await denied(teller?.kms.decrypt({ CiphertextBlob: sealed?.CiphertextBlob, ...of('ada') }))
})
