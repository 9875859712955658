import { Agent } from 'node:https'
import { createSecureContext, getCACertificates } from 'node:tls'
import type { Clock } from '../base/clock.ts'
import { writeBase64 } from '../protocol/base64.ts'
import { signRequest } from '../sigv4/sign.ts'
import {
  type ExternalKey,
  type ExternallySealed,
  type Reply,
  readExternalKey,
  readOpened,
  readSealed,
  requireHealthy,
  requireSuccess,
} from './answers.ts'
import { post } from './exchange.ts'
import { type Occasion, requestMetadata } from './occasion.ts'
import { ProxyFailure } from './proxy-failure.ts'

/** Where a key store's proxy is, and what we sign with to it. */
export interface XksProxy {
  /** `https://` and a host name, as the key store has it. */
  readonly endpoint: string
  /** Ends in `/kms/xks/v1`. */
  readonly path: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** The key store's Region: it is part of what is signed. */
  readonly region: string
}

/** How proxies are reached, as whoever runs the service set it. */
export interface XksSettings {
  /** How long each attempt may take, from the first packet to the last. */
  readonly timeLimitMs: number
  /** Certificates trusted beside the machine's own, PEM. */
  readonly trusted?: string
  /** Where connections really go, by the host name of an endpoint; elsewhere its address is looked up. */
  readonly addresses: ReadonlyMap<string, { readonly host: string; readonly port: number }>
}

/** One key of one proxy, asked on somebody's behalf. */
export interface ExternalKeyUse {
  readonly proxy: XksProxy
  /** How the proxy knows the key. */
  readonly keyId: string
  readonly occasion: Occasion
}

/** Calls wait for a connection beyond so many to one proxy, within their time limit. */
const connectionsMost = 256

/**
 * The proxies of external key stores, as AWS KMS speaks to them: JSON over HTTPS, signed with SigV4
 * (https://github.com/aws/aws-kms-xksproxy-api-spec). Connections are kept for further calls. An attempt that gets
 * no answer is made a second time, as AWS does; no operation of a proxy minds being asked twice.
 *
 * Every method throws a ProxyFailure when the proxy did not do it.
 */
export class XksProxies {
  readonly #clock: Clock
  readonly #settings: XksSettings
  #agent: Agent | undefined

  constructor(clock: Clock, settings: XksSettings) {
    this.#clock = clock
    this.#settings = settings
  }

  /** Whether the proxy is there, knows our credential, and has a key manager that works. */
  async requireHealth(proxy: XksProxy, occasion: Occasion): Promise<void> {
    requireHealthy(await this.#ask(proxy, '/health', { requestMetadata: requestMetadata(occasion) }))
  }

  async describeKey({ proxy, keyId, occasion }: ExternalKeyUse): Promise<ExternalKey> {
    const question = { requestMetadata: requestMetadata(occasion) }
    return readExternalKey(await this.#ask(proxy, `/keys/${keyId}/metadata`, question))
  }

  async encrypt(
    { proxy, keyId, occasion }: ExternalKeyUse,
    message: { readonly plaintext: Uint8Array; readonly associatedData: Uint8Array },
  ): Promise<ExternallySealed> {
    const answer = await this.#ask(proxy, `/keys/${keyId}/encrypt`, {
      requestMetadata: requestMetadata(occasion),
      additionalAuthenticatedData: writeBase64(message.associatedData),
      plaintext: writeBase64(message.plaintext),
      encryptionAlgorithm: 'AES_GCM',
      ciphertextDataIntegrityValueAlgorithm: 'SHA_256',
    })
    return readSealed(answer, message)
  }

  async decrypt(
    { proxy, keyId, occasion }: ExternalKeyUse,
    { sealed, associatedData }: { readonly sealed: ExternallySealed; readonly associatedData: Uint8Array },
  ): Promise<Uint8Array> {
    const { metadata, ciphertext } = sealed
    const answer = await this.#ask(proxy, `/keys/${keyId}/decrypt`, {
      requestMetadata: requestMetadata(occasion),
      additionalAuthenticatedData: writeBase64(associatedData),
      encryptionAlgorithm: 'AES_GCM',
      ciphertext: writeBase64(ciphertext),
      ...(metadata.length === 0 ? {} : { ciphertextMetadata: writeBase64(metadata) }),
      initializationVector: writeBase64(sealed.initializationVector),
      authenticationTag: writeBase64(sealed.authenticationTag),
    })
    return readOpened(answer, ciphertext)
  }

  /** Ends the connections that are kept, and those under way. */
  close(): void {
    this.#agent?.destroy()
  }

  async #ask(proxy: XksProxy, path: string, question: object) {
    const body = Buffer.from(JSON.stringify(question))
    const attempt = () => this.#post(proxy, path, body)
    const reply = await attempt().catch((error: unknown) => {
      if (error instanceof ProxyFailure && retried.has(error.reason)) return attempt()
      throw error
    })
    return requireSuccess(reply)
  }

  #post(proxy: XksProxy, path: string, body: Uint8Array): Promise<Reply> {
    const host = proxy.endpoint.slice('https://'.length).toLowerCase()
    const target = `${proxy.path}${path}`
    const unsigned = { method: 'POST', path: target, headers: { host }, body }
    const headers = signRequest(unsigned, { ...proxy, service: 'kms-xks-proxy', now: this.#clock.now() })
    this.#agent ??= agentFor(this.#settings)
    return post({
      agent: this.#agent,
      address: this.#settings.addresses.get(host) ?? { host, port: 443 },
      serverName: host,
      path: target,
      headers,
      body,
      timeLimitMs: this.#settings.timeLimitMs,
    })
  }
}

/** What may have been the network's fault. An answer is never asked for again, however bad it is. */
const retried = new Set<string>(['timed out', 'unreachable'])

/** Reading the machine's certificates takes a while, so it is done once, and where there are no key stores never. */
function agentFor({ trusted }: XksSettings): Agent {
  const own = trusted === undefined ? [] : [trusted]
  const ca = [...getCACertificates('default'), ...getCACertificates('system'), ...own]
  return new Agent({
    keepAlive: true,
    maxSockets: connectionsMost,
    // Parsed once and not for every connection.
    secureContext: createSecureContext({ ca, minVersion: 'TLSv1.2' }),
  })
}
