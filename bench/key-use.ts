import {
  constants,
  createHmac,
  createSecretKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  type SignKeyObjectInput,
  sign,
  verify,
} from 'node:crypto'

/** One way to use a key that is not symmetric encryption: what is asked of the service, and the bare call beside it. */
export interface KeyUse {
  readonly name: string
  readonly operation: string
  /** What the key is made as. */
  readonly key: { readonly KeySpec?: string; readonly KeyUsage?: string }
  /** What a request says beside the key and, for Verify, the signature. */
  readonly input: object
  /** For Verify: how the signature is made beforehand. */
  readonly signFirst?: true
  /** The same by `node:crypto` alone; absent where it has no such call. */
  readonly raw?: () => unknown
}

const message = randomBytes(64)
const Message = message.toString('base64')

/** How each algorithm is called for in `node:crypto`. */
interface RawSigning {
  readonly keys: () => { readonly privateKey: KeyObject; readonly publicKey: KeyObject }
  readonly digest: string | null
  readonly options?: Partial<SignKeyObjectInput>
}

const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_DIGEST: saltLength } = constants

const rsa = (digest: string, options: Partial<SignKeyObjectInput> = {}): RawSigning => ({
  keys: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  digest,
  options,
})
const curve = (namedCurve: string, digest: string): RawSigning => ({
  keys: () => generateKeyPairSync('ec', { namedCurve }),
  digest,
})

/** Every signing algorithm, with the spec of a key that has it. */
const signingRows: readonly [algorithm: string, keySpec: string, raw: RawSigning | undefined][] = [
  ['RSASSA_PKCS1_V1_5_SHA_256', 'RSA_2048', rsa('sha256')],
  ['RSASSA_PKCS1_V1_5_SHA_384', 'RSA_2048', rsa('sha384')],
  ['RSASSA_PKCS1_V1_5_SHA_512', 'RSA_2048', rsa('sha512')],
  ['RSASSA_PSS_SHA_256', 'RSA_2048', rsa('sha256', { padding, saltLength })],
  ['RSASSA_PSS_SHA_384', 'RSA_2048', rsa('sha384', { padding, saltLength })],
  ['RSASSA_PSS_SHA_512', 'RSA_2048', rsa('sha512', { padding, saltLength })],
  ['ECDSA_SHA_256', 'ECC_NIST_P256', curve('prime256v1', 'sha256')],
  ['ECDSA_SHA_384', 'ECC_NIST_P384', curve('secp384r1', 'sha384')],
  ['ECDSA_SHA_512', 'ECC_NIST_P521', curve('secp521r1', 'sha512')],
  ['ED25519_SHA_512', 'ECC_NIST_EDWARDS25519', { keys: () => generateKeyPairSync('ed25519'), digest: null }],
  ['ML_DSA_SHAKE_256', 'ML_DSA_65', { keys: () => generateKeyPairSync('ml-dsa-65'), digest: null }],
  ['SM2DSA', 'SM2', undefined],
]

const pairRows: readonly [keyPairSpec: string, raw: () => unknown][] = [
  ['ECC_NIST_P256', () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' })],
  ['ECC_NIST_EDWARDS25519', () => generateKeyPairSync('ed25519')],
  ['RSA_2048', () => generateKeyPairSync('rsa', { modulusLength: 2048 })],
]

const macRows: readonly [algorithm: string, keySpec: string, digest: string][] = [
  ['HMAC_SHA_224', 'HMAC_224', 'sha224'],
  ['HMAC_SHA_256', 'HMAC_256', 'sha256'],
  ['HMAC_SHA_384', 'HMAC_384', 'sha384'],
  ['HMAC_SHA_512', 'HMAC_512', 'sha512'],
]

/** Every use that is measured, a row for each algorithm. */
export function keyUses(): readonly KeyUse[] {
  return [
    ...signingRows.flatMap(signingUses),
    ...pairRows.map(
      ([KeyPairSpec, raw]): KeyUse => ({
        name: `GenerateDataKeyPair ${KeyPairSpec}`,
        operation: 'GenerateDataKeyPair',
        key: {},
        input: { KeyPairSpec },
        raw,
      }),
    ),
    ...macRows.map(([MacAlgorithm, KeySpec, digest]): KeyUse => {
      const secret = createSecretKey(randomBytes(32))
      return {
        name: `GenerateMac ${MacAlgorithm}`,
        operation: 'GenerateMac',
        key: { KeySpec, KeyUsage: 'GENERATE_VERIFY_MAC' },
        input: { MacAlgorithm, Message },
        raw: () => createHmac(digest, secret).update(message).digest(),
      }
    }),
  ]
}

function signingUses([SigningAlgorithm, KeySpec, raw]: (typeof signingRows)[number]): readonly KeyUse[] {
  const key = { KeySpec, KeyUsage: 'SIGN_VERIFY' }
  const input = { SigningAlgorithm, Message }
  const bare = raw && bareSigning(raw)
  return [
    {
      name: `Sign ${SigningAlgorithm}`,
      operation: 'Sign',
      key,
      input,
      ...(bare === undefined ? {} : { raw: bare.sign }),
    },
    {
      name: `Verify ${SigningAlgorithm}`,
      operation: 'Verify',
      key,
      input,
      signFirst: true,
      ...(bare === undefined ? {} : { raw: bare.verify }),
    },
  ]
}

/** The keys are made once: a service that parsed its key for each signature would be measured against a straw man. */
function bareSigning({ keys, digest, options }: RawSigning): { sign(): unknown; verify(): unknown } {
  const { privateKey, publicKey } = keys()
  const signature = sign(digest, message, { key: privateKey, ...options })
  return {
    sign: () => sign(digest, message, { key: privateKey, ...options }),
    verify: () => verify(digest, message, { key: publicKey, ...options }, signature),
  }
}
