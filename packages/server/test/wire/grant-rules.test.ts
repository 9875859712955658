import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  account,
  allPages,
  denial,
  newKey,
  noIdentityPolicy,
  refused,
  rootArn,
  type Serving,
  serve,
} from '../serving.ts'

let house: Serving
beforeAll(async () => {
  house = await serve()
})
afterAll(() => house.close())

describe('a grant is refused', () => {
  test('when it is not for exactly one grantee', async () => {
    const { kms } = house.root
    const { id: KeyId } = await newKey(house.root)
    const text = 'Exactly one of GranteePrincipal and GranteeServicePrincipal must be specified.'
    await refused(kms.createGrant({ KeyId, Operations: ['Decrypt'] }), 'ValidationException', text)
    await refused(
      kms.createGrant({
        KeyId,
        Operations: ['Decrypt'],
        GranteePrincipal: rootArn,
        GranteeServicePrincipal: 'sns.amazonaws.com',
      }),
      'ValidationException',
      text,
    )
  })

  test('when its grantee or retiring principal is nobody', async () => {
    const { kms } = house.root
    const { id: KeyId } = await newKey(house.root)
    const nobodies = [
      `arn:aws:iam::${account}:user/nobody`,
      'arn:aws:iam::444455556666:root',
      `arn:aws:iam::${account}:group/all`,
    ]
    for (const nobody of nobodies) {
      await refused(
        kms.createGrant({ KeyId, GranteePrincipal: nobody, Operations: ['Decrypt'] }),
        'InvalidArnException',
      )
      await refused(
        kms.createGrant({
          KeyId,
          GranteePrincipal: rootArn,
          RetiringPrincipal: nobody,
          Operations: ['Decrypt'],
        }),
        'InvalidArnException',
      )
    }
  })

  test('when it is for something that the key cannot do', async () => {
    const { kms } = house.root
    const { id: KeyId } = await newKey(house.root)
    for (const operation of ['Sign', 'GenerateMac', 'GetPublicKey'] as const) {
      await refused(
        kms.createGrant({ KeyId, GranteePrincipal: rootArn, Operations: [operation] }),
        'ValidationException',
      )
    }
    await refused(
      kms.createGrant({ KeyId, GranteePrincipal: rootArn, Operations: ['Steal' as 'Sign'] }),
      'ValidationException',
      /Member must satisfy enum value set/,
    )
  })

  test('when its constraint is two, or too large', async () => {
    const { kms } = house.root
    const { id: KeyId } = await newKey(house.root)
    const tooMany = Object.fromEntries(Array.from({ length: 9 }, (_, count) => [`name-${count}`, 'v']))
    const wrong = [
      { EncryptionContextEquals: { a: 'b' }, EncryptionContextSubset: { a: 'b' } },
      { EncryptionContextEquals: tooMany },
      { EncryptionContextSubset: { a: 'v'.repeat(385) } },
    ]
    for (const Constraints of wrong) {
      await refused(
        kms.createGrant({ KeyId, GranteePrincipal: rootArn, Operations: ['Decrypt'], Constraints }),
        'ValidationException',
      )
    }
  })

  test('when all it allows is making further grants', async () => {
    const { id: KeyId } = await newKey(house.root)
    await refused(
      house.root.kms.createGrant({ KeyId, GranteePrincipal: rootArn, Operations: ['CreateGrant'] }),
      'ValidationException',
      'Grants must not contain only the CreateGrant operation.',
    )
  })

  test('when it is for a service and says neither for which resource nor who may retire it', async () => {
    const { kms } = house.root
    const { id: KeyId } = await newKey(house.root)
    const grant = { KeyId, GranteeServicePrincipal: 'sns.amazonaws.com', Operations: ['Decrypt' as const] }
    await refused(kms.createGrant(grant), 'ValidationException')
    const SourceArn = `arn:aws:sns:us-east-1:${account}:letters`
    await refused(kms.createGrant({ ...grant, Constraints: { SourceArn } }), 'ValidationException')
    const { GrantId } = await kms.createGrant({
      ...grant,
      Constraints: { SourceArn },
      RetiringServicePrincipal: 'sns.amazonaws.com',
    })
    expect((await kms.listGrants({ KeyId, GrantId })).Grants).toMatchObject([
      { GranteeServicePrincipal: 'sns.amazonaws.com', Constraints: { SourceArn } },
    ])
  })

  test('when whoever gives it is not allowed to', async () => {
    const { id, arn } = await newKey(house.root)
    const stranger = await house.user('stranger')
    const calls = {
      'kms:CreateGrant': stranger.kms.createGrant({
        KeyId: id,
        GranteePrincipal: stranger.arn,
        Operations: ['Decrypt'],
      }),
      'kms:ListGrants': stranger.kms.listGrants({ KeyId: id }),
      'kms:RevokeGrant': stranger.kms.revokeGrant({ KeyId: id, GrantId: 'a'.repeat(64) }),
    }
    for (const [action, call] of Object.entries(calls)) {
      await refused(call, 'AccessDeniedException', denial(stranger, action, arn, noIdentityPolicy(action)))
    }
    await refused(
      stranger.kms.listRetirableGrants({ RetiringPrincipal: stranger.arn }),
      'AccessDeniedException',
    )
  })
})

describe('grants are listed', () => {
  test('page by page, each once, and by id or by grantee', async () => {
    const { kms } = house.root
    const { id } = await newKey(house.root)
    const bob = await house.user('listed-bob')
    const made: string[] = []
    for (let count = 0; count < 11; count += 1) {
      const GranteePrincipal = count % 2 === 0 ? bob.arn : rootArn
      made.push(
        String((await kms.createGrant({ KeyId: id, GranteePrincipal, Operations: ['Decrypt'] })).GrantId),
      )
    }
    const pages = await allPages((Marker) => kms.listGrants({ KeyId: id, Limit: 4, Marker }))
    expect(pages.map(({ Grants, Truncated }) => [Grants?.length, Truncated])).toEqual([
      [4, true],
      [4, true],
      [3, false],
    ])
    const listed = pages.flatMap(({ Grants }) => Grants?.map(({ GrantId }) => String(GrantId)) ?? [])
    expect(listed.toSorted()).toEqual(made.toSorted())
    const bobs = await allPages((Marker) =>
      kms.listGrants({ KeyId: id, GranteePrincipal: bob.arn, Limit: 4, Marker }),
    )
    expect(bobs.map(({ Grants }) => Grants?.length)).toEqual([4, 2])
    expect((await kms.listGrants({ KeyId: id, GrantId: made[3] })).Grants).toMatchObject([
      { GrantId: made[3] },
    ])
  })

  test('to those who may retire them, page by page and across keys', async () => {
    const { kms } = house.root
    const retiring = await house.user('retiring')
    const made: string[] = []
    for (let count = 0; count < 5; count += 1) {
      const { id: KeyId } = await newKey(house.root)
      const grant = { KeyId, GranteePrincipal: rootArn, RetiringPrincipal: retiring.arn }
      made.push(String((await kms.createGrant({ ...grant, Operations: ['Decrypt'] })).GrantId))
    }
    const pages = await allPages((Marker) =>
      kms.listRetirableGrants({ RetiringPrincipal: retiring.arn, Limit: 2, Marker }),
    )
    expect(pages.map(({ Grants }) => Grants?.length)).toEqual([2, 2, 1])
    const listed = pages.flatMap(({ Grants }) => Grants?.map(({ GrantId }) => String(GrantId)) ?? [])
    expect(listed.toSorted()).toEqual(made.toSorted())
  })

  test('only for one of the two kinds of retiring principal, of this account', async () => {
    const { kms } = house.root
    await refused(kms.listRetirableGrants({} as { RetiringPrincipal: string }), 'ValidationException')
    await refused(
      kms.listRetirableGrants({ RetiringPrincipal: 'arn:aws:iam::444455556666:root' }),
      'InvalidArnException',
    )
  })
})
