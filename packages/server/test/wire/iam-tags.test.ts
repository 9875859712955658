import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { account, type Person, refused, type Serving, serve } from '../serving.ts'

let house: Serving
beforeAll(async () => {
  house = await serve()
})
afterAll(() => house.close())

type Iam = Person['iam']
type Tags = { readonly Key: string; readonly Value: string }[]

/** How each kind of thing is made, tagged and asked for its tags. */
const rows = {
  'an MFA device': {
    make: async (iam: Iam, name: string) => {
      const made = await iam.createVirtualMFADevice({ VirtualMFADeviceName: name })
      return String(made.VirtualMFADevice?.SerialNumber)
    },
    missing: `arn:aws:iam::${account}:mfa/nobody`,
    noun: 'MFADevice',
    tag: (iam: Iam, SerialNumber: string, Tags: Tags) => iam.tagMFADevice({ SerialNumber, Tags }),
    untag: (iam: Iam, SerialNumber: string, TagKeys: string[]) =>
      iam.untagMFADevice({ SerialNumber, TagKeys }),
    list: (iam: Iam, SerialNumber: string, page: object = {}) =>
      iam.listMFADeviceTags({ SerialNumber, ...page }),
  },
  'an OpenID Connect provider': {
    make: async (iam: Iam, name: string) => {
      const made = await iam.createOpenIDConnectProvider({ Url: `https://${name}.example.com` })
      return String(made.OpenIDConnectProviderArn)
    },
    missing: `arn:aws:iam::${account}:oidc-provider/nobody.example.com`,
    noun: 'OpenIDConnectProvider',
    tag: (iam: Iam, OpenIDConnectProviderArn: string, Tags: Tags) =>
      iam.tagOpenIDConnectProvider({ OpenIDConnectProviderArn, Tags }),
    untag: (iam: Iam, OpenIDConnectProviderArn: string, TagKeys: string[]) =>
      iam.untagOpenIDConnectProvider({ OpenIDConnectProviderArn, TagKeys }),
    list: (iam: Iam, OpenIDConnectProviderArn: string, page: object = {}) =>
      iam.listOpenIDConnectProviderTags({ OpenIDConnectProviderArn, ...page }),
  },
}

describe.each(Object.entries(rows))('%s', (_kind, { make, missing, noun, tag, untag, list }) => {
  test('has tags, set and taken away by key whatever its case, listed page by page', async () => {
    const { iam } = house.root
    const id = await make(iam, 'tagged')
    expect((await list(iam, id)).Tags).toEqual([])
    await tag(iam, id, [
      { Key: 'Team', Value: 'red' },
      { Key: 'stage', Value: 'test' },
    ])
    await tag(iam, id, [{ Key: 'team', Value: 'blue' }])
    const first = await list(iam, id, { MaxItems: 1 })
    expect(first).toMatchObject({ Tags: [{ Key: 'stage', Value: 'test' }], IsTruncated: true })
    const { Tags, IsTruncated } = await list(iam, id, { Marker: first.Marker })
    expect([Tags, IsTruncated]).toEqual([[{ Key: 'team', Value: 'blue' }], false])
    await untag(iam, id, ['STAGE'])
    expect((await list(iam, id)).Tags).toEqual([{ Key: 'team', Value: 'blue' }])
    await refused(tag(iam, id, [{ Key: 'aws:a', Value: '' }]), 'InvalidInputException')
    await refused(tag(iam, missing, []), 'NoSuchEntityException')
  })

  test('is tagged and read by whom a policy about its tags lets', async () => {
    const id = await make(house.root.iam, 'ours')
    const other = await make(house.root.iam, 'theirs')
    await tag(house.root.iam, id, [{ Key: 'team', Value: 'red' }])
    const name = `tagger-of-${noun}`
    const tagger = await house.user(name)
    const ours = { StringEquals: { 'aws:ResourceTag/team': 'red' } }
    const stageOnly = { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['stage'] } }
    const statement = { Effect: 'Allow', Resource: '*' }
    await house.root.iam.putUserPolicy({
      UserName: name,
      PolicyName: 'tags',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          { ...statement, Action: `iam:List${noun}Tags`, Condition: ours },
          {
            ...statement,
            Action: [`iam:Tag${noun}`, `iam:Untag${noun}`],
            Condition: { ...ours, ...stageOnly },
          },
        ],
      }),
    })
    await tag(tagger.iam, id, [{ Key: 'stage', Value: 'test' }])
    expect((await list(tagger.iam, id)).Tags).toHaveLength(2)
    await untag(tagger.iam, id, ['stage'])
    await refused(tag(tagger.iam, id, [{ Key: 'team', Value: 'blue' }]), 'AccessDenied')
    await refused(untag(tagger.iam, id, ['team']), 'AccessDenied')
    await refused(list(tagger.iam, other), 'AccessDenied')
    await refused(list(tagger.iam, missing), 'AccessDenied')
  })
})
