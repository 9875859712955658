import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CreateCustomKeyStoreCommandInput, KMS } from '@aws-sdk/client-kms'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { journalText, recordsIn } from '../audit/read-records.ts'
import { allPages, answerOf, daysMs, noIdentityPolicy, refused, type Serving } from '../serving.ts'
import {
  connectedStore,
  externalStore,
  newExternalKey,
  newStore,
  serveWithProxy,
  shown,
} from '../xks/key-stores.ts'
import { endpoint, error, privateEndpoint, type TestProxy } from '../xks/proxy.ts'

/** Custom key stores, as their administrator knows them. */

let serving: Serving
let proxy: TestProxy
let close: () => Promise<void>
let kms: KMS

beforeAll(async () => {
  ;({ serving, proxy, close } = await serveWithProxy())
  kms = serving.root.kms
})

afterEach(async () => {
  proxy.behave()
  proxy.managers = ['ACTIVE']
  proxy.seen.length = 0
  await deleteEmptyStores()
})

afterAll(() => close())

/** There may be ten in a Region, so each test begins with none but those that have keys. */
async function deleteEmptyStores(): Promise<void> {
  const { CustomKeyStores = [] } = await kms.describeCustomKeyStores({})
  for (const { CustomKeyStoreId, ConnectionState } of CustomKeyStores) {
    if (ConnectionState !== 'DISCONNECTED') await kms.disconnectCustomKeyStore({ CustomKeyStoreId })
    await kms.deleteCustomKeyStore({ CustomKeyStoreId }).catch((thrown: Error) => {
      if (thrown.name !== 'CustomKeyStoreHasCMKsException') throw thrown
    })
  }
}

const cluster = {
  CustomKeyStoreName: 'cluster',
  CloudHsmClusterId: 'cluster-2abcdefghijk',
  TrustAnchorCertificate: '-----BEGIN CERTIFICATE-----',
  KeyStorePassword: 'kmsuser-password',
} satisfies CreateCustomKeyStoreCommandInput

const service = 'com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0'

const privately = {
  XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE',
  XksProxyUriEndpoint: privateEndpoint,
  XksProxyVpcEndpointServiceName: service,
} satisfies Partial<CreateCustomKeyStoreCommandInput>

describe('an external key store that is made', () => {
  test('is disconnected, and shown with everything but the secret of its credential', async () => {
    const input = externalStore(proxy)
    const { CustomKeyStoreId } = await kms.createCustomKeyStore(input)
    expect(CustomKeyStoreId).toMatch(/^cks-[0-9a-f]{17}$/)
    expect(await answerOf(kms.describeCustomKeyStores({ CustomKeyStoreId }))).toEqual({
      CustomKeyStores: [
        {
          CustomKeyStoreId,
          CustomKeyStoreName: input.CustomKeyStoreName,
          CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
          ConnectionState: 'DISCONNECTED',
          CreationDate: new Date(serving.clock.now()),
          XksProxyConfiguration: {
            Connectivity: 'PUBLIC_ENDPOINT',
            AccessKeyId: proxy.credential.AccessKeyId,
            UriEndpoint: endpoint,
            UriPath: input.XksProxyUriPath,
          },
        },
      ],
      Truncated: false,
    })
  })

  test('had its proxy asked whether it is well', async () => {
    const input = externalStore(proxy)
    const { $metadata } = await kms.createCustomKeyStore(input)
    expect(proxy.seen).toMatchObject([
      {
        path: `${input.XksProxyUriPath}/health`,
        body: {
          requestMetadata: { kmsOperation: 'CreateCustomKeyStore', kmsRequestId: $metadata.requestId },
        },
      },
    ])
  })

  test('has its secret neither readable in the data directory nor in the audit record', async () => {
    await newStore(kms, proxy, { CustomKeyStoreName: 'a name that is written down' })
    const files = ['claviger.db', 'claviger.db-wal']
    const stored = await Promise.all(
      files.map((name) => readFile(join(serving.dataDir, name), 'latin1').catch(() => '')),
    )
    const everything = stored.join('') + (await journalText(serving.dataDir))
    expect(everything).toContain('a name that is written down')
    expect(everything).not.toContain(proxy.credential.RawSecretAccessKey)
  })

  test('is recorded with its id and without its credential', async () => {
    const input = externalStore(proxy)
    const { CustomKeyStoreId, $metadata } = await kms.createCustomKeyStore(input)
    const record = (await recordsIn(serving.dataDir)).find(
      ({ requestID }) => requestID === $metadata.requestId,
    )
    expect(record).toMatchObject({
      eventName: 'CreateCustomKeyStore',
      readOnly: false,
      responseElements: { customKeyStoreId: CustomKeyStoreId },
    })
    expect(record?.requestParameters).toEqual({
      customKeyStoreName: input.CustomKeyStoreName,
      customKeyStoreType: 'EXTERNAL_KEY_STORE',
      xksProxyConnectivity: 'PUBLIC_ENDPOINT',
      xksProxyUriEndpoint: endpoint,
      xksProxyUriPath: input.XksProxyUriPath,
    })
  })

  test('is not made when its proxy is not as it must be, and AWS’s words say how', async () => {
    const nobody = externalStore(proxy, { XksProxyUriEndpoint: 'https://nowhere.invalid' })
    await refused(
      kms.createCustomKeyStore(nobody),
      'XksProxyUriUnreachableException',
      /^AWS KMS cannot communicate/,
    )
    const stranger = { ...proxy.credential, RawSecretAccessKey: 'A'.repeat(43) }
    const wrong = externalStore(proxy, { XksProxyAuthenticationCredential: stranger })
    await refused(
      kms.createCustomKeyStore(wrong),
      'XksProxyIncorrectAuthenticationCredentialException',
      'The external key store proxy rejected the request because it could not authenticate AWS KMS. Verify the credentials for your external key store and update if necessary.',
    )
    const astray = externalStore(proxy, { XksProxyUriPath: '/astray/kms/xks/v1' })
    await refused(
      kms.createCustomKeyStore(astray),
      'XksProxyInvalidConfigurationException',
      /invalid URI path/,
    )
    proxy.managers = ['UNAVAILABLE']
    await refused(
      kms.createCustomKeyStore(externalStore(proxy)),
      'XksProxyUriUnreachableException',
      /unhealthy state/,
    )
    proxy.misbehave(() => ({ status: 200, body: 'no JSON' }))
    await refused(
      kms.createCustomKeyStore(externalStore(proxy)),
      'XksProxyInvalidResponseException',
      /^AWS KMS cannot interpret the response/,
    )
    expect((await kms.describeCustomKeyStores({})).CustomKeyStores).toEqual([])
  })

  test('reads nothing that a proxy chose to say', async () => {
    proxy.misbehave(() => error('InternalException'))
    const thrown: Error = await kms.createCustomKeyStore(externalStore(proxy)).catch((each) => each)
    expect(thrown.name).toBe('XksProxyInvalidResponseException')
    expect(thrown.message).not.toContain('secret words')
    expect(await journalText(serving.dataDir)).not.toContain('secret words')
  })

  test('needs what its type is made of, and nothing that another type is', async () => {
    const without = (name: keyof CreateCustomKeyStoreCommandInput) => {
      const { [name]: _, ...rest } = externalStore(proxy)
      return kms.createCustomKeyStore(rest as CreateCustomKeyStoreCommandInput)
    }
    await refused(without('XksProxyUriPath'), 'ValidationException', /^XksProxyUriPath is required/)
    await refused(without('XksProxyConnectivity'), 'ValidationException', /^XksProxyConnectivity is required/)
    await refused(
      without('XksProxyAuthenticationCredential'),
      'ValidationException',
      /^XksProxyAuthenticationCredential is required/,
    )
    // Without a type it is a cluster's.
    await refused(without('CustomKeyStoreType'), 'ValidationException', /^XksProxyConnectivity is not valid/)
    const both = externalStore(proxy, { KeyStorePassword: 'kmsuser-password' })
    await refused(kms.createCustomKeyStore(both), 'ValidationException', /^KeyStorePassword is not valid/)
  })

  test.each([
    'https://127.0.0.1',
    'https://2130706433',
    'https://0x7f.1',
  ])('has a name for an endpoint, and not an address: %s', async (XksProxyUriEndpoint) => {
    const input = externalStore(proxy, { XksProxyUriEndpoint })
    await refused(kms.createCustomKeyStore(input), 'ValidationException', /must name a host/)
  })

  test('shares its name and its proxy with no other, but a host with those that have other paths', async () => {
    const input = externalStore(proxy, { CustomKeyStoreName: 'the one' })
    await kms.createCustomKeyStore(input)
    const named = externalStore(proxy, { CustomKeyStoreName: 'the one' })
    await refused(kms.createCustomKeyStore(named), 'CustomKeyStoreNameInUseException')
    const samePath = { ...input, CustomKeyStoreName: 'another' }
    await refused(kms.createCustomKeyStore(samePath), 'XksProxyUriInUseException')
    const inCapitals = { ...samePath, XksProxyUriEndpoint: 'https://PROXY.xks.example.com' }
    await refused(kms.createCustomKeyStore(inCapitals), 'XksProxyUriInUseException')
    await newStore(kms, proxy, { CustomKeyStoreName: 'another' })
  })

  test('is the only one of its name though two are made at once', async () => {
    const twins = [1, 2].map(() => externalStore(proxy, { CustomKeyStoreName: 'twin' }))
    const outcomes = await Promise.allSettled(twins.map((twin) => kms.createCustomKeyStore(twin)))
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const [{ reason } = { reason: undefined }] = outcomes.filter(({ status }) => status === 'rejected') as {
      reason: Error
    }[]
    expect(reason?.name).toBe('CustomKeyStoreNameInUseException')
  })

  test('is one of ten at most', async () => {
    for (let count = 0; count < 10; count += 1) await newStore(kms, proxy)
    await refused(
      newStore(kms, proxy),
      'LimitExceededException',
      'Custom key store quota for this account in this region is 10, current usage is 10.',
    )
  })

  test('belongs to one Region', async () => {
    const CustomKeyStoreId = await newStore(kms, proxy)
    const elsewhere = serving.root.kmsIn('us-west-2')
    await refused(
      elsewhere.describeCustomKeyStores({ CustomKeyStoreId }),
      'CustomKeyStoreNotFoundException',
      `Custom key store ${CustomKeyStoreId} does not exist`,
    )
  })

  test('can be made, changed, connected and deleted only by those who are allowed to', async () => {
    const CustomKeyStoreId = await newStore(kms, proxy)
    const nobody = await serving.user('nobody')
    const denied = (action: string) =>
      `User: ${nobody.arn} is not authorized to perform: ${action} ${noIdentityPolicy(action)}`
    const attempts = [
      ['kms:CreateCustomKeyStore', () => nobody.kms.createCustomKeyStore(externalStore(proxy))],
      ['kms:DescribeCustomKeyStores', () => nobody.kms.describeCustomKeyStores({})],
      [
        'kms:UpdateCustomKeyStore',
        () => nobody.kms.updateCustomKeyStore({ CustomKeyStoreId, NewCustomKeyStoreName: 'mine' }),
      ],
      ['kms:ConnectCustomKeyStore', () => nobody.kms.connectCustomKeyStore({ CustomKeyStoreId })],
      ['kms:DisconnectCustomKeyStore', () => nobody.kms.disconnectCustomKeyStore({ CustomKeyStoreId })],
      ['kms:DeleteCustomKeyStore', () => nobody.kms.deleteCustomKeyStore({ CustomKeyStoreId })],
    ] as const
    for (const [action, attempt] of attempts) {
      await refused(attempt(), 'AccessDeniedException', denied(action))
    }
    const keeper = await serving.user('keeper', 'kms:*CustomKeyStore')
    await keeper.kms.connectCustomKeyStore({ CustomKeyStoreId })
    expect(await shown(kms, CustomKeyStoreId)).toMatchObject({ ConnectionState: 'CONNECTED' })
  })
})

describe('an external key store behind a VPC endpoint service', () => {
  test('is shown with its service and the account that owns it, the caller’s own if none is named', async () => {
    const own = await newStore(kms, proxy, privately)
    expect((await shown(kms, own)).XksProxyConfiguration).toMatchObject({
      Connectivity: 'VPC_ENDPOINT_SERVICE',
      UriEndpoint: privateEndpoint,
      VpcEndpointServiceName: service,
      VpcEndpointServiceOwner: '111122223333',
    })
  })

  test('is reached for the first time when it is connected', async () => {
    const CustomKeyStoreId = await newStore(kms, proxy, privately)
    expect(proxy.seen).toEqual([])
    await kms.connectCustomKeyStore({ CustomKeyStoreId })
    expect(proxy.seen[0]?.headers.host).toBe('private.xks.example.com')
    expect(await shown(kms, CustomKeyStoreId)).toMatchObject({ ConnectionState: 'CONNECTED' })
  })

  test('needs a service of its own Region, and a name that no other key store has', async () => {
    const { XksProxyVpcEndpointServiceName: _, ...nameless } = privately
    await refused(
      newStore(kms, proxy, nameless),
      'ValidationException',
      /^XksProxyVpcEndpointServiceName is required/,
    )
    const abroad = { ...privately, XksProxyVpcEndpointServiceName: service.replace('us-east-1', 'eu-west-1') }
    await refused(newStore(kms, proxy, abroad), 'XksProxyVpcEndpointServiceNotFoundException')
    const publicly = { XksProxyVpcEndpointServiceName: service }
    await refused(newStore(kms, proxy, publicly), 'ValidationException', /PUBLIC_ENDPOINT connectivity/)
    await newStore(kms, proxy, privately)
    await refused(newStore(kms, proxy, privately), 'XksProxyVpcEndpointServiceInUseException')
    const other = { ...privately, XksProxyVpcEndpointServiceName: `${service}1` }
    await refused(newStore(kms, proxy, other), 'XksProxyUriEndpointInUseException')
    const open = { XksProxyUriEndpoint: privateEndpoint }
    await refused(newStore(kms, proxy, open), 'XksProxyUriEndpointInUseException')
  })
})

describe('connecting', () => {
  test('asks the proxy whether it is well, and may be done again', async () => {
    const CustomKeyStoreId = await newStore(kms, proxy)
    proxy.seen.length = 0
    expect(await answerOf(kms.connectCustomKeyStore({ CustomKeyStoreId }))).toEqual({})
    expect(proxy.seen[0]?.body.requestMetadata).toMatchObject({ kmsOperation: 'ConnectCustomKeyStore' })
    expect(await shown(kms, CustomKeyStoreId)).toMatchObject({ ConnectionState: 'CONNECTED' })
    await kms.connectCustomKeyStore({ CustomKeyStoreId })
  })

  test.each([
    ['AuthenticationFailedException', 'INVALID_CREDENTIALS'],
    ['AccessDeniedException', 'XKS_PROXY_ACCESS_DENIED'],
    ['InvalidUriPathException', 'XKS_PROXY_INVALID_CONFIGURATION'],
    ['InternalException', 'XKS_PROXY_NOT_REACHABLE'],
    ['ValidationException', 'XKS_PROXY_INVALID_RESPONSE'],
    ['DependencyTimeoutException', 'XKS_PROXY_TIMED_OUT'],
  ])('fails without an error where the proxy says %s; the state of the connection tells', async (name, code) => {
    const CustomKeyStoreId = await newStore(kms, proxy)
    proxy.misbehave(() => error(name))
    expect(await answerOf(kms.connectCustomKeyStore({ CustomKeyStoreId }))).toEqual({})
    const { ConnectionState, ConnectionErrorCode } = await shown(kms, CustomKeyStoreId)
    expect({ ConnectionState, ConnectionErrorCode }).toEqual({
      ConnectionState: 'FAILED',
      ConnectionErrorCode: code,
    })
  })

  test('that failed is tried again only after disconnecting', async () => {
    const CustomKeyStoreId = await newStore(kms, proxy)
    proxy.misbehave(() => 'hang up')
    await kms.connectCustomKeyStore({ CustomKeyStoreId })
    expect(await shown(kms, CustomKeyStoreId)).toMatchObject({
      ConnectionState: 'FAILED',
      ConnectionErrorCode: 'XKS_PROXY_NOT_REACHABLE',
    })
    proxy.behave()
    await refused(kms.connectCustomKeyStore({ CustomKeyStoreId }), 'CustomKeyStoreInvalidStateException')
    await kms.disconnectCustomKeyStore({ CustomKeyStoreId })
    expect(await shown(kms, CustomKeyStoreId)).not.toHaveProperty('ConnectionErrorCode')
    await kms.connectCustomKeyStore({ CustomKeyStoreId })
    expect(await shown(kms, CustomKeyStoreId)).toMatchObject({ ConnectionState: 'CONNECTED' })
  })

  test('outlasts a restart', async () => {
    const CustomKeyStoreId = await connectedStore(kms, proxy)
    await serving.restart()
    expect(await shown(kms, CustomKeyStoreId)).toMatchObject({ ConnectionState: 'CONNECTED' })
  })

  test('is recorded with the name of the key store', async () => {
    const CustomKeyStoreId = await newStore(kms, proxy, { CustomKeyStoreName: 'recorded' })
    const { $metadata } = await kms.connectCustomKeyStore({ CustomKeyStoreId })
    const record = (await recordsIn(serving.dataDir)).find(
      ({ requestID }) => requestID === $metadata.requestId,
    )
    expect(record).toMatchObject({
      eventName: 'ConnectCustomKeyStore',
      requestParameters: { customKeyStoreId: CustomKeyStoreId },
      responseElements: null,
      additionalEventData: { customKeyStoreName: 'recorded' },
    })
  })
})

describe('disconnecting and deleting', () => {
  test('what is disconnected is not disconnected again', async () => {
    const CustomKeyStoreId = await newStore(kms, proxy)
    await refused(kms.disconnectCustomKeyStore({ CustomKeyStoreId }), 'CustomKeyStoreInvalidStateException')
  })

  test('a key store goes when it is disconnected, and its name is free again', async () => {
    const CustomKeyStoreId = await newStore(kms, proxy, { CustomKeyStoreName: 'short-lived' })
    await kms.connectCustomKeyStore({ CustomKeyStoreId })
    await refused(kms.deleteCustomKeyStore({ CustomKeyStoreId }), 'CustomKeyStoreInvalidStateException')
    await kms.disconnectCustomKeyStore({ CustomKeyStoreId })
    expect(await answerOf(kms.deleteCustomKeyStore({ CustomKeyStoreId }))).toEqual({})
    await refused(kms.describeCustomKeyStores({ CustomKeyStoreId }), 'CustomKeyStoreNotFoundException')
    await refused(kms.connectCustomKeyStore({ CustomKeyStoreId }), 'CustomKeyStoreNotFoundException')
    await newStore(kms, proxy, { CustomKeyStoreName: 'short-lived' })
  })

  test('a key store with keys stays until they are deleted', async () => {
    const CustomKeyStoreId = await connectedStore(kms, proxy)
    const { id: KeyId } = await newExternalKey(kms, proxy, CustomKeyStoreId)
    await kms.disconnectCustomKeyStore({ CustomKeyStoreId })
    await kms.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 })
    await refused(kms.deleteCustomKeyStore({ CustomKeyStoreId }), 'CustomKeyStoreHasCMKsException')
    serving.clock.advance(daysMs(7) + 1)
    await kms.deleteCustomKeyStore({ CustomKeyStoreId })
  })
})

describe('changing', () => {
  test('the name, the path and the credential works while the key store is connected', async () => {
    const CustomKeyStoreId = await connectedStore(kms, proxy)
    proxy.seen.length = 0
    const XksProxyUriPath = proxy.newPath('moved')
    await kms.updateCustomKeyStore({ CustomKeyStoreId, NewCustomKeyStoreName: 'renamed', XksProxyUriPath })
    expect(proxy.seen[0]?.path).toBe(`${XksProxyUriPath}/health`)
    expect(await shown(kms, CustomKeyStoreId)).toMatchObject({
      CustomKeyStoreName: 'renamed',
      ConnectionState: 'CONNECTED',
      XksProxyConfiguration: { UriPath: XksProxyUriPath },
    })
  })

  test('to a credential or a path that the proxy does not take is refused, and nothing is changed', async () => {
    const CustomKeyStoreId = await connectedStore(kms, proxy)
    const before = await shown(kms, CustomKeyStoreId)
    const XksProxyAuthenticationCredential = { ...proxy.credential, AccessKeyId: 'Z'.repeat(20) }
    await refused(
      kms.updateCustomKeyStore({ CustomKeyStoreId, XksProxyAuthenticationCredential }),
      'XksProxyIncorrectAuthenticationCredentialException',
    )
    await refused(
      kms.updateCustomKeyStore({ CustomKeyStoreId, XksProxyUriPath: '/astray/kms/xks/v1' }),
      'XksProxyInvalidConfigurationException',
    )
    expect(await shown(kms, CustomKeyStoreId)).toEqual(before)
  })

  test('where the proxy is needs the key store disconnected', async () => {
    const CustomKeyStoreId = await connectedStore(kms, proxy)
    const move = { CustomKeyStoreId, ...privately }
    await refused(kms.updateCustomKeyStore(move), 'CustomKeyStoreInvalidStateException')
    await kms.disconnectCustomKeyStore({ CustomKeyStoreId })
    await kms.updateCustomKeyStore(move)
    expect((await shown(kms, CustomKeyStoreId)).XksProxyConfiguration).toMatchObject({
      Connectivity: 'VPC_ENDPOINT_SERVICE',
      UriEndpoint: privateEndpoint,
      VpcEndpointServiceName: service,
    })
    const back = { CustomKeyStoreId, XksProxyConnectivity: 'PUBLIC_ENDPOINT' } as const
    await refused(kms.updateCustomKeyStore(back), 'ValidationException', /^XksProxyUriEndpoint is required/)
    await kms.updateCustomKeyStore({ ...back, XksProxyUriEndpoint: endpoint })
    const { XksProxyConfiguration } = await shown(kms, CustomKeyStoreId)
    expect(XksProxyConfiguration).toMatchObject({ Connectivity: 'PUBLIC_ENDPOINT', UriEndpoint: endpoint })
    expect(XksProxyConfiguration).not.toHaveProperty('VpcEndpointServiceName')
  })

  test('nothing works while connecting has failed', async () => {
    const CustomKeyStoreId = await newStore(kms, proxy)
    proxy.misbehave(() => 'hang up')
    await kms.connectCustomKeyStore({ CustomKeyStoreId })
    proxy.behave()
    const rename = { CustomKeyStoreId, NewCustomKeyStoreName: 'renamed' }
    await refused(kms.updateCustomKeyStore(rename), 'CustomKeyStoreInvalidStateException')
  })

  test('to what another key store has, or to what its own type has not, is refused', async () => {
    const CustomKeyStoreId = await newStore(kms, proxy)
    const other = await newStore(kms, proxy, { CustomKeyStoreName: 'taken' })
    const { XksProxyConfiguration } = await shown(kms, other)
    await refused(
      kms.updateCustomKeyStore({ CustomKeyStoreId, NewCustomKeyStoreName: 'taken' }),
      'CustomKeyStoreNameInUseException',
    )
    await refused(
      kms.updateCustomKeyStore({ CustomKeyStoreId, XksProxyUriPath: XksProxyConfiguration?.UriPath }),
      'XksProxyUriInUseException',
    )
    await refused(
      kms.updateCustomKeyStore({ CustomKeyStoreId, KeyStorePassword: 'kmsuser-password' }),
      'ValidationException',
    )
    await refused(
      kms.updateCustomKeyStore({ CustomKeyStoreId, XksProxyVpcEndpointServiceOwner: '444455556666' }),
      'ValidationException',
    )
  })
})

describe('listing', () => {
  test('shows all of them, in pages if they are asked for', async () => {
    const ids = [await newStore(kms, proxy), await newStore(kms, proxy), await newStore(kms, proxy)]
    const pages = await allPages((Marker) => kms.describeCustomKeyStores({ Limit: 2, Marker }))
    expect(pages.map(({ CustomKeyStores }) => CustomKeyStores?.length)).toEqual([2, 1])
    const listed = pages.flatMap(({ CustomKeyStores = [] }) => CustomKeyStores)
    expect(listed.map(({ CustomKeyStoreId }) => CustomKeyStoreId).sort()).toEqual(ids.sort())
    await refused(kms.describeCustomKeyStores({ Marker: 'nonsense' }), 'InvalidMarkerException')
  })

  test('finds one by its name, and does not take both a name and an id', async () => {
    const CustomKeyStoreId = await newStore(kms, proxy, { CustomKeyStoreName: 'Wanted' })
    const { CustomKeyStores } = await kms.describeCustomKeyStores({ CustomKeyStoreName: 'Wanted' })
    expect(CustomKeyStores?.map((store) => store.CustomKeyStoreId)).toEqual([CustomKeyStoreId])
    await refused(
      kms.describeCustomKeyStores({ CustomKeyStoreName: 'wanted' }),
      'CustomKeyStoreNotFoundException',
    )
    await refused(
      kms.describeCustomKeyStores({ CustomKeyStoreId, CustomKeyStoreName: 'Wanted' }),
      'ValidationException',
    )
  })
})

describe('an AWS CloudHSM key store', () => {
  test('is a record: connecting it finds no cluster', async () => {
    const { CustomKeyStoreId = '' } = await kms.createCustomKeyStore(cluster)
    expect(await shown(kms, CustomKeyStoreId)).toEqual({
      CustomKeyStoreId,
      CustomKeyStoreName: 'cluster',
      CustomKeyStoreType: 'AWS_CLOUDHSM',
      CloudHsmClusterId: cluster.CloudHsmClusterId,
      TrustAnchorCertificate: cluster.TrustAnchorCertificate,
      ConnectionState: 'DISCONNECTED',
      CreationDate: new Date(serving.clock.now()),
    })
    await kms.connectCustomKeyStore({ CustomKeyStoreId })
    expect(await shown(kms, CustomKeyStoreId)).toMatchObject({
      ConnectionState: 'FAILED',
      ConnectionErrorCode: 'CLUSTER_NOT_FOUND',
    })
  })

  test('has neither keys nor random bytes to give', async () => {
    const { CustomKeyStoreId } = await kms.createCustomKeyStore(cluster)
    await refused(
      kms.createKey({ Origin: 'AWS_CLOUDHSM', CustomKeyStoreId }),
      'CustomKeyStoreInvalidStateException',
    )
    await refused(
      kms.generateRandom({ NumberOfBytes: 32, CustomKeyStoreId }),
      'CustomKeyStoreInvalidStateException',
    )
    const external = await newStore(kms, proxy)
    await refused(
      kms.generateRandom({ NumberOfBytes: 32, CustomKeyStoreId: external }),
      'UnsupportedOperationException',
    )
    await refused(
      kms.generateRandom({ NumberOfBytes: 32, CustomKeyStoreId: 'cks-1' }),
      'CustomKeyStoreNotFoundException',
    )
  })

  test('needs a cluster that no other has, and takes another cluster and password while disconnected', async () => {
    const { CustomKeyStoreId } = await kms.createCustomKeyStore(cluster)
    const again = { ...cluster, CustomKeyStoreName: 'again' }
    await refused(kms.createCustomKeyStore(again), 'CloudHsmClusterInUseException')
    await kms.updateCustomKeyStore({
      CustomKeyStoreId,
      CloudHsmClusterId: 'cluster-3abcdefghijk',
      KeyStorePassword: 'another-password',
    })
    await kms.createCustomKeyStore(again)
    const { KeyStorePassword: _, ...open } = { ...cluster, CustomKeyStoreName: 'open' }
    await refused(kms.createCustomKeyStore(open), 'ValidationException', /^KeyStorePassword is required/)
    expect(await journalText(serving.dataDir)).not.toContain('another-password')
  })
})
