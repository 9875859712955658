import { freshMaterial } from '../../importing.ts'
import type { KMS } from '../../serving.ts'
import { ireland, type World } from '../world.ts'
import { type Scenario, scenario } from './scenario.ts'

const ofStores = (...members: string[]) => members.map((member) => `CustomKeyStores.${member}`)
const metadata = ['EncryptionAlgorithms', 'CustomKeyStoreId', 'XksKeyConfiguration'].map(
  (member) => `KeyMetadata.${member}`,
)

/** A key store for a cluster that is not there. */
const hsmStore = (kms: KMS, name: string, end: string) =>
  kms.createCustomKeyStore({
    CustomKeyStoreName: name,
    CloudHsmClusterId: `cluster-abcdefg234${end}`,
    KeyStorePassword: 'kmsPswd',
    TrustAnchorCertificate: 'a certificate',
  })

/** A key store whose proxy is not asked anything before it is connected. */
const privateStore = ({ kms }: World) =>
  kms.createCustomKeyStore({
    CustomKeyStoreName: 'private',
    CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
    XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE',
    XksProxyVpcEndpointServiceName: 'com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0',
    XksProxyUriEndpoint: 'https://private.xks.example.com',
    XksProxyUriPath: '/kms/xks/v1',
    XksProxyAuthenticationCredential: {
      AccessKeyId: 'A'.repeat(20),
      RawSecretAccessKey: freshMaterial().toString('base64').slice(0, 43),
    },
  })

const keyInStore = async ({ kms, externalStore, externalKey }: World) =>
  kms.createKey({
    Origin: 'EXTERNAL_KEY_STORE',
    CustomKeyStoreId: await externalStore(),
    XksKeyId: externalKey(),
  })

/** Custom key stores, and keys in them. */
export const keyStoreScenarios: readonly Scenario[] = [
  scenario('CreateCustomKeyStore', 'always', [], ({ kms }) => hsmStore(kms, 'made', '5')),
  scenario(
    'DescribeCustomKeyStores',
    'of a cluster that is not there',
    ofStores('CloudHsmClusterId', 'TrustAnchorCertificate', 'ConnectionErrorCode'),
    async (world) => {
      const { CustomKeyStoreId } = await hsmStore(world.kms, 'failing', '6')
      await world.kms.connectCustomKeyStore({ CustomKeyStoreId })
      return world.kms.describeCustomKeyStores({ CustomKeyStoreId })
    },
  ),
  scenario(
    'DescribeCustomKeyStores',
    'of an external key manager that all may reach',
    ofStores('XksProxyConfiguration'),
    async ({ kms, externalStore }) =>
      kms.describeCustomKeyStores({ CustomKeyStoreId: await externalStore() }),
  ),
  scenario(
    'DescribeCustomKeyStores',
    'of an external key manager behind an endpoint service',
    ofStores(
      'XksProxyConfiguration',
      'XksProxyConfiguration.VpcEndpointServiceName',
      'XksProxyConfiguration.VpcEndpointServiceOwner',
    ),
    async (world) => {
      const { CustomKeyStoreId } = await privateStore(world)
      return world.kms.describeCustomKeyStores({ CustomKeyStoreId })
    },
  ),
  scenario(
    'DescribeCustomKeyStores',
    'of a page that is not the last',
    [...ofStores('CloudHsmClusterId', 'TrustAnchorCertificate'), 'NextMarker'],
    async ({ root }) => {
      // In a Region of their own, so that there are no others.
      const kms = root.kmsIn(ireland)
      for (const end of '23') await hsmStore(kms, `listed ${end}`, end)
      return kms.describeCustomKeyStores({ Limit: 1 })
    },
  ),
  scenario('CreateKey', 'in an external key store', metadata, keyInStore),
  scenario('DescribeKey', 'of a key in an external key store', metadata, async (world) => {
    const { KeyMetadata } = await keyInStore(world)
    return world.kms.describeKey({ KeyId: KeyMetadata?.KeyId })
  }),
]
