import type { RefusalCode } from '../protocol/errors.ts'
import type { ConnectionErrorCodeType } from '../protocol/models/kms.ts'

/** What becomes of one kind of failure, by who asked: AWS has the same sentence for all, under different names. */
interface FailureRow {
  readonly text: string
  /** For making and changing a key store. */
  readonly management: RefusalCode
  readonly createKey: RefusalCode
  /** What `DescribeCustomKeyStores` shows when connecting came to this. */
  readonly connection: ConnectionErrorCodeType
}

const row = (
  connection: ConnectionErrorCodeType,
  management: RefusalCode,
  text: string,
  createKey: RefusalCode = 'CustomKeyStoreInvalidStateException',
): FailureRow => ({ text, management, createKey, connection })

const notUnderstood = row(
  'XKS_PROXY_INVALID_RESPONSE',
  'XksProxyInvalidResponseException',
  'AWS KMS cannot interpret the response from the external key store proxy. If you see this error repeatedly, report it to your external key store proxy administrator.',
)

/**
 * Every way in which a proxy can fail us: the errors it may name itself (External Key Store Proxy API
 * Specification, "Error codes"), then what we see without its help. The proxy's own error message is in none of
 * them: callers read AWS's words, and nothing that a proxy chose.
 */
const rows = {
  ValidationException: notUnderstood,
  InvalidStateException: row(
    'XKS_PROXY_NOT_REACHABLE',
    'XksProxyUriUnreachableException',
    'The external key store proxy rejected the request because the external key is not enabled in the external key manager.',
    'XksKeyInvalidConfigurationException',
  ),
  InvalidCiphertextException: row(
    'XKS_PROXY_INVALID_RESPONSE',
    'XksProxyInvalidResponseException',
    'The external key store proxy rejected the request because the specified ciphertext or additional authenticated data is corrupted, missing, or otherwise invalid.',
  ),
  InvalidKeyUsageException: row(
    'XKS_PROXY_INVALID_RESPONSE',
    'XksProxyInvalidResponseException',
    'The external key store proxy rejected the request because the external key does not support the requested operation.',
    'XksKeyInvalidConfigurationException',
  ),
  AuthenticationFailedException: row(
    'INVALID_CREDENTIALS',
    'XksProxyIncorrectAuthenticationCredentialException',
    'The external key store proxy rejected the request because it could not authenticate AWS KMS. Verify the credentials for your external key store and update if necessary.',
  ),
  AccessDeniedException: row(
    'XKS_PROXY_ACCESS_DENIED',
    'XksProxyInvalidConfigurationException',
    'The external key store proxy denied access to the operation. Verify that the user and the external key are both authorized for this operation, and try the request again.',
  ),
  KeyNotFoundException: row(
    'XKS_PROXY_INVALID_RESPONSE',
    'XksProxyInvalidResponseException',
    'The external key store proxy rejected the request because it could not find the external key.',
    'XksKeyNotFoundException',
  ),
  InvalidUriPathException: row(
    'XKS_PROXY_INVALID_CONFIGURATION',
    'XksProxyInvalidConfigurationException',
    'The external key store proxy rejected the request because of an invalid URI path. Verify the URI path for your external key store and update if necessary.',
  ),
  ThrottlingException: row(
    'XKS_PROXY_NOT_REACHABLE',
    'XksProxyUriUnreachableException',
    'The external key store proxy rejected the request due to a very high request rate. Reduce the frequency of your calls using KMS keys in this external key store.',
  ),
  UnsupportedOperationException: row(
    'XKS_PROXY_INVALID_RESPONSE',
    'XksProxyInvalidResponseException',
    'The external key store proxy rejected the request because it does not support the requested cryptographic operation.',
  ),
  DependencyTimeoutException: row(
    'XKS_PROXY_TIMED_OUT',
    'XksProxyUriUnreachableException',
    'The external key store proxy did not respond to the request in the time allotted. Retry the request. If you see this error repeatedly, report it to your external key store proxy administrator.',
  ),
  InternalException: row(
    'XKS_PROXY_NOT_REACHABLE',
    'XksProxyInvalidResponseException',
    'The external key store proxy rejected the request because it cannot communicate with the external key manager. Verify that the external key store proxy configuration is correct and that the external key manager is available.',
  ),

  /** Nobody answers there, or the connection broke. */
  unreachable: row(
    'XKS_PROXY_NOT_REACHABLE',
    'XksProxyUriUnreachableException',
    'AWS KMS cannot communicate with the external key store proxy. This might be a transient network issue. If you see this error repeatedly, verify that your external key store proxy is active and is connected to the network, and that its endpoint URI is correct in your external key store.',
  ),
  /** Somebody answers there, who is not the proxy as far as certificates tell. */
  untrusted: row(
    'XKS_PROXY_INVALID_TLS_CONFIGURATION',
    'XksProxyInvalidConfigurationException',
    'AWS KMS cannot establish a TLS connection to the external key store proxy. Verify the TLS configuration, including its certificate.',
  ),
  'timed out': row(
    'XKS_PROXY_TIMED_OUT',
    'XksProxyUriUnreachableException',
    'AWS KMS rejected the request because the external key store proxy did not respond in time. Retry the request. If you see this error repeatedly, report it to your external key store proxy administrator.',
  ),
  /** The proxy is well, and says that none of its key managers is. */
  unhealthy: row(
    'XKS_PROXY_NOT_REACHABLE',
    'XksProxyUriUnreachableException',
    'The external key store proxy is in an unhealthy state. If you see this message repeatedly, notify your external key store proxy administrator.',
  ),
  /** An answer that is none, or that cannot be right. */
  'not understood': notUnderstood,
} as const satisfies Readonly<Record<string, FailureRow>>

export type FailureReason = keyof typeof rows

/** The errors that a proxy may name in its answer. */
export function isErrorName(name: unknown): name is FailureReason {
  return typeof name === 'string' && name.endsWith('Exception') && Object.hasOwn(rows, name)
}

/** That a proxy did not do what it was asked. The cause is for logs; callers see the row's text. */
export class ProxyFailure extends Error {
  override readonly name = 'ProxyFailure'
  readonly reason: FailureReason

  constructor(reason: FailureReason, options?: { readonly cause?: unknown }) {
    super(rows[reason].text, options)
    this.reason = reason
  }

  get row(): FailureRow {
    return rows[this.reason]
  }
}
