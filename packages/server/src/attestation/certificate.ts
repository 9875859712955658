import { type KeyObject, X509Certificate } from 'node:crypto'
import { BitString } from 'asn1js'
import { BasicConstraints, type ExtensionParsedValue, Certificate as Parsed } from 'pkijs'
import { readDocument, requireDocument } from './require-document.ts'

/** A certificate as its issuer limits it. Signatures and names are OpenSSL's business, through `x509`. */
export interface Certificate {
  readonly x509: X509Certificate
  readonly publicKey: KeyObject
  readonly isAuthority: boolean
  /** How many authorities may stand below this one; absent when there is no limit. */
  readonly pathLength?: number
  readonly signsCertificates: boolean
  readonly signsDocuments: boolean
}

const basicConstraintsId = '2.5.29.19'
const keyUsageId = '2.5.29.15'
const ecdsaWithSha384 = '1.2.840.10045.4.3.3'

/** Bits of the first byte of KeyUsage (RFC 5280 §4.2.1.3), which counts from the highest. */
const digitalSignature = 0x80
const keyCertSign = 0x04

const notRead = 'it has a certificate that cannot be read'

/** @throws Refusal for what is no certificate, or says something of itself that must not be overlooked */
export function readCertificate(der: Uint8Array): Certificate {
  const { x509, publicKey, algorithm, extensions } = readDocument(() => parse(der), notRead)
  // OpenSSL also reads PEM, and does not mind bytes that follow: AWS's documents hold DER and nothing else.
  requireDocument(x509.raw.equals(der), notRead)
  requireDocument(
    algorithm === ecdsaWithSha384 && publicKey.asymmetricKeyDetails?.namedCurve === 'secp384r1',
    'it has a certificate that is not ECDSA with P-384 and SHA-384',
  )
  requireKnown(extensions)
  const saidOf = (id: string) => extensions.find((extension) => extension.id === id)?.value
  const constraints = saidOf(basicConstraintsId)
  const usage = saidOf(keyUsageId)
  requireDocument(constraints === undefined || constraints instanceof BasicConstraints, notRead)
  requireDocument(usage === undefined || usage instanceof BitString, notRead)
  const usageBits = usage?.valueBlock.valueHexView[0] ?? 0
  return {
    x509,
    publicKey,
    isAuthority: constraints?.cA ?? false,
    ...pathLengthOf(constraints),
    signsCertificates: (usageBits & keyCertSign) !== 0,
    signsDocuments: (usageBits & digitalSignature) !== 0,
  }
}

interface ReadExtension {
  readonly id: string
  readonly critical: boolean
  /** What it says; null where that cannot be read. */
  readonly value: unknown
}

/** Everything that either library reads lazily is read here, where what it throws is caught. */
function parse(der: Uint8Array) {
  const x509 = new X509Certificate(der)
  const { signatureAlgorithm, extensions = [] } = Parsed.fromBER(der)
  return {
    x509,
    publicKey: x509.publicKey,
    algorithm: signatureAlgorithm.algorithmId,
    extensions: extensions.map(
      ({ extnID: id, critical, parsedValue }): ReadExtension => ({
        id,
        critical,
        value: readable(parsedValue),
      }),
    ),
  }
}

/** What cannot be read, the library gives as one of its kind with nothing in it, and a note on the error. */
function readable(value: ExtensionParsedValue | undefined): unknown {
  return value === undefined || 'parsingError' in value ? null : value
}

/** An extension that is critical and not known here decides against the certificate (RFC 5280 §4.2). */
function requireKnown(extensions: readonly ReadExtension[]): void {
  const ids = new Set(extensions.map(({ id }) => id))
  requireDocument(ids.size === extensions.length, 'it has a certificate with an extension given twice')
  for (const { id, critical } of extensions) {
    const isKnown = id === basicConstraintsId || id === keyUsageId
    requireDocument(isKnown || !critical, 'it has a certificate with a critical extension that is not known')
  }
}

function pathLengthOf(constraints: BasicConstraints | undefined): { readonly pathLength?: number } {
  const length = constraints?.pathLenConstraint
  if (length === undefined) return {}
  requireDocument(typeof length === 'number', 'it has a certificate with a path length out of all bounds')
  return { pathLength: length }
}
