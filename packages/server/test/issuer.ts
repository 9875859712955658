import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign,
} from 'node:crypto'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import forge from 'node-forge'

/** An OpenID Connect provider that listens on this machine, with a certificate of an authority that nobody knows. */
export interface Issuer {
  readonly url: string
  /** Its URL as ARNs and condition keys have it. */
  readonly place: string
  /** SHA-1 of its authority's certificate. */
  readonly thumbprint: string
  /** Paths that were asked for. */
  readonly asked: string[]
  /** A token with these claims, beside those every token has. */
  token(claims: Readonly<Record<string, unknown>>, now: number): string
  close(): Promise<void>
}

/** A certificate authority, and the certificates it makes. */
export interface Authority {
  readonly pem: string
  /** A certificate for `localhost`, and its key; of an impostor, signed by somebody else in the authority's name. */
  certify(impostor?: boolean): { readonly cert: string; readonly key: string }
}

/** Starts one. An impostor has no certificate of the authority, and presents that of the authority beside its own. */
export async function startIssuer(authority: Authority, { impostor = false } = {}): Promise<Issuer> {
  const { cert, key } = authority.certify(impostor)
  const signing = newKey()
  const asked: string[] = []
  const server = createServer({ cert: `${cert}${authority.pem}`, key }, (request, response) => {
    asked.push(request.url ?? '')
    const isKeys = request.url === '/keys'
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(isKeys ? { keys: [signing.jwk] } : { issuer: url, jwks_uri: `${url}/keys` }))
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  const url = `https://localhost:${(server.address() as AddressInfo).port}`
  return {
    url,
    place: url.slice('https://'.length),
    thumbprint: thumbprintOf(authority.pem),
    asked,
    token(claims, now) {
      const seconds = Math.floor(now / 1000)
      const usual = { iss: url, sub: 'repo:example/app', aud: 'client', iat: seconds, exp: seconds + 600 }
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
      const text = `${part({ alg: 'RS256', kid: signing.jwk.kid })}.${part({ ...usual, ...claims })}`
      return `${text}.${sign('RSA-SHA256', Buffer.from(text), signing.privateKey).toString('base64url')}`
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function newKey(): { readonly privateKey: KeyObject; readonly jwk: { readonly kid: string } } {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const jwk = createPublicKey(privateKey).export({ format: 'jwk' })
  return { privateKey, jwk: { ...jwk, kid: randomUUID(), alg: 'RS256', use: 'sig' } as { kid: string } }
}

export function newAuthority(): Authority {
  const [own, other] = [newRsa(), newRsa()]
  const name = [{ name: 'commonName', value: 'Issuers of this test' }]
  const certificate = certificateFor(name, name, own.publicKey)
  certificate.setExtensions([{ name: 'basicConstraints', cA: true, critical: true }])
  certificate.sign(own.privateKey, forge.md.sha256.create())
  return {
    pem: forge.pki.certificateToPem(certificate),
    certify(impostor = false) {
      const leaf = newRsa()
      const made = certificateFor([{ name: 'commonName', value: 'localhost' }], name, leaf.publicKey)
      made.setExtensions([{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }])
      made.sign(impostor ? other.privateKey : own.privateKey, forge.md.sha256.create())
      return { cert: forge.pki.certificateToPem(made), key: forge.pki.privateKeyToPem(leaf.privateKey) }
    },
  }
}

/** Keys are made by OpenSSL, which is faster at it. */
function newRsa() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return {
    privateKey: forge.pki.privateKeyFromPem(privateKey.export({ format: 'pem', type: 'pkcs1' }).toString()),
    publicKey: forge.pki.publicKeyFromPem(publicKey.export({ format: 'pem', type: 'spki' }).toString()),
  }
}

type Name = { readonly name: string; readonly value: string }[]

function certificateFor(subject: Name, issuer: Name, publicKey: forge.pki.PublicKey): forge.pki.Certificate {
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = publicKey
  certificate.serialNumber = `0${randomUUID().replaceAll('-', '').slice(1)}`
  certificate.validity.notBefore = new Date(Date.UTC(2020, 0))
  certificate.validity.notAfter = new Date(Date.UTC(2049, 0))
  certificate.setSubject(subject)
  certificate.setIssuer(issuer)
  return certificate
}

function thumbprintOf(pem: string): string {
  const der = Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64')
  return createHash('sha1').update(der).digest('hex')
}
