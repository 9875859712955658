import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  allPages,
  answerOf,
  bytes,
  denial,
  newKey,
  noIdentityPolicy,
  refused,
  type Serving,
  serve,
} from '../serving.ts'

let house: Serving
beforeAll(async () => {
  house = await serve()
})
afterAll(() => house.close())

const tag = (TagKey: string, TagValue: string) => ({ TagKey, TagValue })
const numbered = (count: number) =>
  Array.from({ length: count }, (_, number) => tag(`tag-${String(number).padStart(2, '0')}`, `${number}`))

test('tags are put on a key, replaced, listed and taken off again', async () => {
  const { kms } = house.root
  const { id, arn } = await newKey(house.root)
  const tags = async () => answerOf(kms.listResourceTags({ KeyId: arn }))
  expect(await tags()).toEqual({ Tags: [], Truncated: false })
  expect(
    await answerOf(kms.tagResource({ KeyId: id, Tags: [tag('team', 'blue'), tag('stage', '')] })),
  ).toEqual({})
  await kms.tagResource({ KeyId: id, Tags: [tag('team', 'red'), tag('owner', 'ops')] })
  expect((await tags()).Tags).toEqual([tag('owner', 'ops'), tag('stage', ''), tag('team', 'red')])
  expect(await answerOf(kms.untagResource({ KeyId: id, TagKeys: ['team', 'never-there'] }))).toEqual({})
  expect((await tags()).Tags).toEqual([tag('owner', 'ops'), tag('stage', '')])
})

describe('tags are refused', () => {
  test('when one key comes twice', async () => {
    const { kms } = house.root
    const { id } = await newKey(house.root)
    const Tags = [tag('a', '1'), tag('a', '2')]
    await refused(kms.tagResource({ KeyId: id, Tags }), 'TagException', 'Duplicate tag keys')
    await refused(kms.createKey({ Tags }), 'TagException', 'Duplicate tag keys')
  })

  test('when two keys differ in case alone: a policy could be shown either', async () => {
    const { kms, iam } = house.root
    const { id } = await newKey(house.root, { Tags: [tag('team', 'red')] })
    await refused(
      kms.tagResource({ KeyId: id, Tags: [tag('Team', 'blue')] }),
      'TagException',
      'Duplicate tag keys',
    )
    const Tags = [tag('team', 'red'), tag('Team', 'blue')]
    await refused(kms.tagResource({ KeyId: id, Tags }), 'TagException', 'Duplicate tag keys')
    const UserTags = Tags.map(({ TagKey: Key, TagValue: Value }) => ({ Key, Value }))
    await refused(iam.createUser({ UserName: 'two-teams', Tags: UserTags }), 'InvalidInputException')
  })

  test('when they begin with what AWS keeps to itself', async () => {
    const { kms } = house.root
    const { id } = await newKey(house.root)
    const text = 'Tags beginning with aws: are reserved'
    await refused(kms.tagResource({ KeyId: id, Tags: [tag('aws:team', 'blue')] }), 'TagException', text)
    await refused(kms.tagResource({ KeyId: id, Tags: [tag('AWS:team', 'blue')] }), 'TagException', text)
    await refused(kms.createKey({ Tags: [tag('aws:team', 'blue')] }), 'TagException', text)
    await refused(kms.untagResource({ KeyId: id, TagKeys: ['aws:team'] }), 'TagException', text)
  })

  test('when there are more than 50 of them', async () => {
    const { kms } = house.root
    const { id } = await newKey(house.root, { Tags: numbered(50) })
    await refused(kms.tagResource({ KeyId: id, Tags: [tag('more', '')] }), 'TagException', 'Too many tags')
    await kms.tagResource({ KeyId: id, Tags: [tag('tag-07', 'changed')] })
    await refused(kms.createKey({ Tags: numbered(51) }), 'TagException', 'Too many tags')
  })

  test('when a key is empty or longer than 128 characters, or a value longer than 256', async () => {
    const { kms } = house.root
    const { id } = await newKey(house.root)
    await kms.tagResource({ KeyId: id, Tags: [tag('k'.repeat(128), 'v'.repeat(256))] })
    const wrong = [
      [
        tag('', 'v'),
        /tagKey' failed to satisfy constraint: Member must have length greater than or equal to 1$/,
      ],
      [tag('k'.repeat(129), 'v'), /less than or equal to 128$/],
      [tag('k', 'v'.repeat(257)), /less than or equal to 256$/],
    ] as const
    for (const [each, text] of wrong) {
      await refused(kms.tagResource({ KeyId: id, Tags: [each] }), 'ValidationException', text)
    }
  })
})

test('tags are listed page by page, each once', async () => {
  const { kms } = house.root
  const { id } = await newKey(house.root, { Tags: numbered(50) })
  const pages = await allPages((Marker) => kms.listResourceTags({ KeyId: id, Limit: 20, Marker }))
  expect(pages.map(({ Tags, Truncated }) => [Tags?.length, Truncated])).toEqual([
    [20, true],
    [20, true],
    [10, false],
  ])
  expect(pages.flatMap(({ Tags }) => Tags)).toEqual(numbered(50))
})

test('whoever nothing allows to tag a key is told so in AWS’s words', async () => {
  const { id, arn } = await newKey(house.root)
  const stranger = await house.user('stranger')
  const { kms } = stranger
  const calls = {
    'kms:TagResource': kms.tagResource({ KeyId: id, Tags: [tag('a', 'b')] }),
    'kms:UntagResource': kms.untagResource({ KeyId: id, TagKeys: ['a'] }),
    'kms:ListResourceTags': kms.listResourceTags({ KeyId: id }),
  }
  for (const [action, call] of Object.entries(calls)) {
    await refused(call, 'AccessDeniedException', denial(stranger, action, arn, noIdentityPolicy(action)))
  }
})

test('a key’s tags decide who may use it, from the moment they change', async () => {
  const { id } = await newKey(house.root)
  const user = await house.user('by-tag')
  await house.root.iam.putUserPolicy({
    UserName: 'by-tag',
    PolicyName: 'p',
    PolicyDocument: JSON.stringify({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Action: 'kms:Encrypt',
        Resource: '*',
        Condition: { StringEquals: { 'aws:ResourceTag/team': 'blue' } },
      },
    }),
  })
  const encrypt = () => user.kms.encrypt({ KeyId: id, Plaintext: bytes('a') })
  await refused(encrypt(), 'AccessDeniedException')
  await house.root.kms.tagResource({ KeyId: id, Tags: [tag('team', 'blue')] })
  await encrypt()
  await house.root.kms.untagResource({ KeyId: id, TagKeys: ['team'] })
  await refused(encrypt(), 'AccessDeniedException')
})
