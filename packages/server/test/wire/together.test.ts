import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bytes, newKey, type Serving, serve } from '../serving.ts'

let house: Serving
beforeAll(async () => {
  house = await serve()
})
afterAll(() => house.close())

/** What came of calls made at the same time: how many were answered, and the codes of those that were refused. */
async function outcomes(calls: readonly Promise<unknown>[]) {
  const settled = await Promise.allSettled(calls)
  const answered = settled.filter(({ status }) => status === 'fulfilled').length
  const codes = settled.flatMap((each) => (each.status === 'rejected' ? [(each.reason as Error).name] : []))
  return { answered, refused: [...new Set(codes)] }
}

/** As many as a call is tried anew when another was faster: more at once on one key get an error to try again. */
const atOnce = 8

const many = <T>(count: number, make: (number: number) => T) =>
  Array.from({ length: count }, (_, at) => make(at))

describe('calls at the same time', () => {
  test('that want one alias: one gets it', async () => {
    const { kms } = house.root
    const keys = await Promise.all(many(20, () => newKey(house.root)))
    const calls = keys.map(({ id }) => kms.createAlias({ AliasName: 'alias/wanted', TargetKeyId: id }))
    expect(await outcomes(calls)).toEqual({ answered: 1, refused: ['AlreadyExistsException'] })
  })

  test('that want one user name: one gets it', async () => {
    const calls = many(20, () => house.root.iam.createUser({ UserName: 'wanted' }))
    expect(await outcomes(calls)).toEqual({ answered: 1, refused: ['EntityAlreadyExistsException'] })
  })

  test('that tag one key: every tag is there', async () => {
    const { kms } = house.root
    const { id } = await newKey(house.root)
    const calls = many(atOnce, (number) =>
      kms.tagResource({ KeyId: id, Tags: [{ TagKey: `t${number}`, TagValue: '' }] }),
    )
    expect(await outcomes(calls)).toEqual({ answered: atOnce, refused: [] })
    expect((await kms.listResourceTags({ KeyId: id, Limit: 50 })).Tags).toHaveLength(atOnce)
  })

  test('that want more aliases for a key than it may have: as many as fit are made', async () => {
    const { kms } = house.root
    const { id } = await newKey(house.root)
    const name = (number: number) => kms.createAlias({ AliasName: `alias/fit-${number}`, TargetKeyId: id })
    for (let number = 0; number < 45; number += 1) await name(number)
    const calls = many(atOnce, (number) => name(45 + number))
    expect(await outcomes(calls)).toEqual({ answered: 5, refused: ['LimitExceededException'] })
    expect((await kms.listAliases({ KeyId: id, Limit: 100 })).Aliases).toHaveLength(50)
  })

  test('that give the same named grant: it is one grant', async () => {
    const { kms, arn } = house.root
    const { id } = await newKey(house.root)
    const calls = many(20, () =>
      kms.createGrant({ KeyId: id, GranteePrincipal: arn, Operations: ['Decrypt'], Name: 'mine' }),
    )
    const ids = (await Promise.all(calls)).map(({ GrantId }) => GrantId)
    expect((await kms.listGrants({ KeyId: id })).Grants).toHaveLength(new Set(ids).size)
    expect(new Set(ids).size).toBe(1)
  })

  test('that use a key while its policy changes: each is decided by one policy or the other', async () => {
    const { kms } = house.root
    const user = await house.user('meanwhile')
    const { id } = await newKey(house.root)
    const plain = String((await kms.getKeyPolicy({ KeyId: id })).Policy)
    const naming = JSON.parse(plain) as { Statement: object[] }
    naming.Statement.push({
      Effect: 'Allow',
      Principal: { AWS: user.arn },
      Action: 'kms:Encrypt',
      Resource: '*',
    })
    for (let round = 0; round < 10; round += 1) {
      const uses = many(5, () => user.kms.encrypt({ KeyId: id, Plaintext: bytes('a') }))
      const put = kms.putKeyPolicy({ KeyId: id, Policy: round % 2 === 0 ? JSON.stringify(naming) : plain })
      const [{ refused }] = await Promise.all([outcomes(uses), put])
      expect(['AccessDeniedException', undefined]).toContain(refused[0])
      const after = await outcomes([user.kms.encrypt({ KeyId: id, Plaintext: bytes('a') })])
      expect(after.answered).toBe(round % 2 === 0 ? 1 : 0)
    }
  })
})
