import type { KeyObject, X509Certificate } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { AttestationDocument } from './attestation-document.ts'
import { type Certificate, readCertificate } from './certificate.ts'
import { requireDocument } from './require-document.ts'

/** What a chain is held against. */
export interface Trust {
  /** The authorities that are believed. Without any, no document is. */
  readonly roots: readonly X509Certificate[]
  /** Milliseconds since the epoch. */
  readonly now: number
}

/**
 * The key that signed a document, if its certificate comes from a trusted root through authorities that were allowed
 * to issue it, all of them valid now ("Nitro Enclaves Attestation Process" §3.2.3; revocation is not asked for).
 *
 * @throws Refusal
 */
export function requireTrustedKey(document: AttestationDocument, trust: Trust): KeyObject {
  const [rootDer] = document.caBundle
  const isTrusted = trust.roots.some(({ raw }) => rootDer !== undefined && raw.equals(rootDer))
  requireDocument(isTrusted, 'its root certificate is not trusted here')
  let issuer: Certificate | undefined
  for (const [place, der] of document.caBundle.entries()) {
    const authority = requireIssued(der, issuer)
    requireValidNow(authority, trust.now)
    requireAuthority(authority, document.caBundle.length - 1 - place)
    issuer = authority
  }
  const signer = requireIssued(document.certificate, issuer)
  requireValidNow(signer, trust.now)
  requireDocument(
    !signer.isAuthority && signer.pathLength === undefined && signer.signsDocuments,
    'its certificate is not one to sign documents with',
  )
  return signer.publicKey
}

function requireValidNow({ x509 }: Certificate, now: number): void {
  requireDocument(
    x509.validFromDate.getTime() <= now && now <= x509.validToDate.getTime(),
    'it has a certificate that is not valid now',
  )
}

function requireAuthority(
  { isAuthority, pathLength, signsCertificates }: Certificate,
  authoritiesBelow: number,
): void {
  requireDocument(
    isAuthority && signsCertificates,
    'it has an issuer that is not allowed to issue certificates',
  )
  requireDocument(
    pathLength === undefined || pathLength >= authoritiesBelow,
    'its chain of certificates is longer than an issuer in it allows',
  )
}

interface Issued {
  readonly certificate: Certificate
  readonly issuer: Certificate | undefined
}

/**
 * Certificates that were read and found issued before, by their bytes. An enclave sends the same ones for hours, and
 * to read and check five costs ten milliseconds in which nobody else is served. That one certificate issued another
 * stays true; what changes with time is asked every time.
 */
const issuedByDer = new LRUCache<string, Issued>({ max: 1000 })

/** A certificate that its issuer signed. The first of a chain has none in it: being trusted, it needs none. */
function requireIssued(der: Uint8Array, issuer: Certificate | undefined): Certificate {
  const bytes = Buffer.from(der).toString('latin1')
  const known = issuedByDer.get(bytes)
  if (known !== undefined && known.issuer === issuer) return known.certificate
  const certificate = readCertificate(der)
  requireDocument(
    issuer === undefined || isIssuedBy(certificate, issuer),
    'it has a certificate that the one before did not issue',
  )
  issuedByDer.set(bytes, { certificate, issuer })
  return certificate
}

function isIssuedBy({ x509 }: Certificate, issuer: Certificate): boolean {
  return x509.checkIssued(issuer.x509) && x509.verify(issuer.publicKey)
}
