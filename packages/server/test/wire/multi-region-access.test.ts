import { afterAll, beforeAll, describe, test } from 'vitest'
import { home, inRegions, ireland, mumbai, replicated } from '../regions.ts'
import { allow, denial, newKey, noIdentityPolicy, refused, type Serving, serve } from '../serving.ts'

let house: Serving
beforeAll(async () => {
  house = await serve(inRegions)
})
afterAll(() => house.close())

const tagged = (TagKey: string) => [{ TagKey, TagValue: 'x' }]

describe('whoever replicates a key', () => {
  /** A user with an identity policy of these statements. */
  async function userWith(name: string, ...statements: object[]) {
    const user = await house.user(name)
    const Statement = statements.map((each) => ({ Effect: 'Allow', Resource: '*', ...each }))
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
    await house.root.iam.putUserPolicy({ UserName: name, PolicyName: 'own', PolicyDocument })
    return user
  }

  test('must be allowed kms:ReplicateKey on the primary, and kms:CreateKey and kms:TagResource where the replica is', async () => {
    const { id, arn } = await replicated(house, [])
    const who = await house.user('replicator')
    const replicate = (Tags?: { TagKey: string; TagValue: string }[]) =>
      who.kms.replicateKey({ KeyId: id, ReplicaRegion: ireland, Tags })
    const may = (...actions: string[]) =>
      house.root.iam.putUserPolicy({
        UserName: who.name,
        PolicyName: 'allowing',
        PolicyDocument: allow(actions, { on: '*' }),
      })
    const lacks = (action: string, resource: string) =>
      denial(who, action, resource, noIdentityPolicy(action))
    await may('kms:CreateKey')
    await refused(replicate(), 'AccessDeniedException', lacks('kms:ReplicateKey', arn))
    await may('kms:ReplicateKey')
    await refused(replicate(), 'AccessDeniedException', /not authorized to perform: kms:CreateKey/)
    await may('kms:ReplicateKey', 'kms:CreateKey')
    await refused(
      replicate(tagged('a')),
      'AccessDeniedException',
      /not authorized to perform: kms:TagResource/,
    )
    await may('kms:ReplicateKey', 'kms:CreateKey', 'kms:TagResource')
    await replicate(tagged('a'))
  })

  test('is asked about the new key in the Region where it will be', async () => {
    const { id } = await replicated(house, [])
    const inRegion = (region: string) => ({ StringEquals: { 'aws:RequestedRegion': region } })
    const who = await userWith(
      'local',
      { Action: 'kms:ReplicateKey', Condition: inRegion(home) },
      { Action: 'kms:CreateKey', Condition: inRegion(mumbai) },
    )
    const into = (ReplicaRegion: string) => who.kms.replicateKey({ KeyId: id, ReplicaRegion })
    await refused(into(ireland), 'AccessDeniedException', /not authorized to perform: kms:CreateKey/)
    await into(mumbai)
  })

  test('can be held to Regions by kms:ReplicaRegion, and to replicas by kms:MultiRegionKeyType', async () => {
    const { id } = await replicated(house, [])
    const who = await userWith(
      'held',
      { Action: 'kms:ReplicateKey', Condition: { StringEquals: { 'kms:ReplicaRegion': mumbai } } },
      { Action: 'kms:CreateKey', Condition: { StringEquals: { 'kms:MultiRegionKeyType': 'REPLICA' } } },
    )
    const into = (ReplicaRegion: string) => who.kms.replicateKey({ KeyId: id, ReplicaRegion })
    await refused(into(ireland), 'AccessDeniedException', /not authorized to perform: kms:ReplicateKey/)
    await into(mumbai)
    const create = who.kms.createKey({ MultiRegion: true })
    await refused(create, 'AccessDeniedException', /not authorized to perform: kms:CreateKey/)
  })

  test('can be told apart by what they use: kms:MultiRegion and kms:MultiRegionKeyType of the key', async () => {
    const { id } = await replicated(house, [ireland])
    const single = await newKey(house.root)
    const who = await userWith(
      'describer',
      { Action: 'kms:DescribeKey', Condition: { StringEquals: { 'kms:MultiRegionKeyType': 'REPLICA' } } },
      { Action: 'kms:GetKeyPolicy', Condition: { Bool: { 'kms:MultiRegion': 'true' } } },
    )
    await refused(who.kms.describeKey({ KeyId: id }), 'AccessDeniedException')
    await refused(who.kms.describeKey({ KeyId: single.id }), 'AccessDeniedException')
    await who.kmsIn(ireland).describeKey({ KeyId: id })
    await who.kms.getKeyPolicy({ KeyId: id })
    await refused(who.kms.getKeyPolicy({ KeyId: single.id }), 'AccessDeniedException')
  })
})
