import { type Agent, get, type RequestOptions } from 'node:https'
import { connect, type DetailedPeerCertificate } from 'node:tls'

/** More than any provider's keys take; what sends more is not read to its end. */
const bytesMost = 262_144
const timeLimitMs = 5_000

/** How a provider's connection is trusted, beside by the certificates that everybody trusts. */
export interface Trust {
  /** SHA-1 of certificates, lower-case hex. */
  readonly thumbprints: readonly string[]
}

/**
 * Gets a document over TLS. A server whose certificate nobody else vouches for is trusted if it, or one that it presents
 * and that truly signed it, has one of the thumbprints. Redirects are not followed.
 *
 * @throws Error when there is no whole answer in time
 */
export async function fetchJson(url: string, { thumbprints }: Trust): Promise<Response> {
  try {
    return await fetched(url, {})
  } catch (error) {
    if (thumbprints.length === 0 || !isUntrusted(error)) throw error
    const ca = await pinned(new URL(url), thumbprints)
    if (ca === undefined) throw error
    return await fetched(url, { ca, allowPartialTrustChain: true })
  }
}

type Trusted = Pick<RequestOptions, 'ca' | 'allowPartialTrustChain'> & { readonly agent?: Agent }

function fetched(url: string, trusted: Trusted): Promise<Response> {
  const { promise, resolve, reject } = Promise.withResolvers<Response>()
  const options = { ...trusted, agent: false, headers: { accept: 'application/json' } } as const
  const asking = get(url, { ...options, signal: AbortSignal.timeout(timeLimitMs) }, (response) => {
    const chunks: Buffer[] = []
    let length = 0
    response.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > bytesMost) asking.destroy(new Error('the answer is too long'))
      else chunks.push(chunk)
    })
    response.on('error', reject)
    response.on('end', () =>
      resolve(new Response(Buffer.concat(chunks), { status: response.statusCode ?? 500 })),
    )
  })
  asking.on('error', reject)
  return promise
}

const untrusted: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

function isUntrusted(error: unknown): boolean {
  return untrusted.has((error as NodeJS.ErrnoException).code ?? '')
}

/**
 * The certificate of those a server presents that has one of the thumbprints, PEM. Looking is all that is done here:
 * the connection that is used is made anew with it as the only one trusted, and verified whole.
 */
async function pinned({ hostname, port }: URL, thumbprints: readonly string[]): Promise<string | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<string | undefined>()
  const socket = connect(
    { host: hostname, port: Number(port || 443), servername: hostname, rejectUnauthorized: false },
    () => {
      resolve(certificateIn(socket.getPeerCertificate(true), thumbprints))
      socket.destroy()
    },
  )
  socket.setTimeout(timeLimitMs, () => socket.destroy(new Error('the server takes too long')))
  socket.on('error', reject)
  return promise
}

function certificateIn(first: DetailedPeerCertificate, thumbprints: readonly string[]): string | undefined {
  const seen = new Set<DetailedPeerCertificate>()
  let certificate: DetailedPeerCertificate | undefined = first
  while (certificate?.raw !== undefined && !seen.has(certificate)) {
    if (thumbprints.includes(certificate.fingerprint.replaceAll(':', '').toLowerCase()))
      return pem(certificate.raw)
    seen.add(certificate)
    certificate = certificate.issuerCertificate
  }
  return undefined
}

function pem(raw: Buffer): string {
  const lines = raw.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}
