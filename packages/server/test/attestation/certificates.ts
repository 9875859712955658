import { generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto'
import { BitString, Integer, OctetString, PrintableString } from 'asn1js'
import {
  AttributeTypeAndValue,
  BasicConstraints,
  Certificate,
  Extension,
  PublicKeyInfo,
  RelativeDistinguishedNames,
  Time,
} from 'pkijs'

/** A certificate and the key that it is about. */
export interface Holder {
  readonly der: Uint8Array
  readonly x509: X509Certificate
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
  readonly name: string
}

/** What a certificate says of its holder; whatever is left out is as AWS has it. */
export interface CertificateSpec {
  readonly name: string
  readonly authority?: boolean
  readonly pathLength?: number
  /** The two extensions in DER, as somebody writes them who does not care for their form. */
  readonly rawConstraints?: Uint8Array
  readonly rawUsage?: Uint8Array
  readonly usages?: readonly (keyof typeof usageBits)[]
  readonly from?: number
  readonly to?: number
  readonly curve?: 'P-384' | 'P-256'
  readonly hash?: 'SHA-384' | 'SHA-256'
  readonly moreExtensions?: readonly { readonly id: string; readonly critical: boolean }[]
  /** Named instead of the one whose key signs. */
  readonly issuerName?: string
  /** Signed by this key instead of the issuer's. */
  readonly forgedWith?: KeyObject
}

const usageBits = { digitalSignature: 0x80, keyCertSign: 0x04, cRLSign: 0x02 }
const ids = { commonName: '2.5.4.3', basicConstraints: '2.5.29.19', keyUsage: '2.5.29.15' }

/** Has an issuer certify a new key; without one it certifies itself, as roots do. */
export async function certify(spec: CertificateSpec, issuer?: Holder): Promise<Holder> {
  const { name, curve = 'P-384', hash = 'SHA-384' } = spec
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: curve })
  const certificate = new Certificate({
    version: 2,
    serialNumber: new Integer({ value: 1 }),
    subject: distinguishedName(name),
    issuer: distinguishedName(spec.issuerName ?? issuer?.name ?? name),
    notBefore: new Time({ type: 0, value: new Date(spec.from ?? Date.UTC(2026, 0, 1)) }),
    notAfter: new Time({ type: 0, value: new Date(spec.to ?? Date.UTC(2027, 0, 1)) }),
    subjectPublicKeyInfo: PublicKeyInfo.fromBER(publicKey.export({ type: 'spki', format: 'der' })),
    extensions: extensionsOf(spec),
  })
  const signer = spec.forgedWith ?? issuer?.privateKey ?? privateKey
  const namedCurve = signer.asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'P-384' : 'P-256'
  await certificate.sign(signer.toCryptoKey({ name: 'ECDSA', namedCurve }, false, ['sign']), hash)
  const der = new Uint8Array(certificate.toSchema().toBER())
  return { der, x509: new X509Certificate(der), publicKey, privateKey, name }
}

function distinguishedName(name: string): RelativeDistinguishedNames {
  const commonName = new AttributeTypeAndValue({
    type: ids.commonName,
    value: new PrintableString({ value: name }),
  })
  return new RelativeDistinguishedNames({ typesAndValues: [commonName] })
}

function extensionsOf(spec: CertificateSpec): Extension[] {
  const { authority = true, pathLength, usages = authority ? ['keyCertSign'] : ['digitalSignature'] } = spec
  const constraints = new BasicConstraints({
    cA: authority,
    ...(pathLength === undefined ? {} : { pathLenConstraint: pathLength }),
  })
  const bits = usages.reduce((all, usage) => all | usageBits[usage], 0)
  const usage = new BitString({ valueHex: Uint8Array.of(bits).buffer, unusedBits: 1 })
  const extension = (extnID: string, critical: boolean, extnValue: ArrayBufferLike) =>
    new Extension({ extnID, critical, extnValue: extnValue as ArrayBuffer })
  return [
    extension(ids.basicConstraints, true, spec.rawConstraints?.buffer ?? constraints.toSchema().toBER()),
    // Not critical in the certificates that AWS's hypervisor signs documents with.
    extension(ids.keyUsage, authority, spec.rawUsage?.buffer ?? usage.toBER()),
    ...(spec.moreExtensions ?? []).map(({ id, critical }) =>
      extension(id, critical, new OctetString({ valueHex: new ArrayBuffer(1) }).toBER()),
    ),
  ]
}
