import { createPublicKey, type KeyObject } from 'node:crypto'
import { type AttestationSource, readAttestationDocument } from './attestation-document.ts'
import { requireTrustedKey, type Trust } from './certificate-chain.ts'
import { isSignedWith, readCoseSign1 } from './cose-sign1.ts'
import { readDocument, requireDocument } from './require-document.ts'

/** What a document proves, once everything about it holds. */
export interface VerifiedAttestation {
  readonly source: AttestationSource
  readonly moduleId: string
  readonly pcrs: ReadonlyMap<number, Uint8Array>
  /** The key whose other half never left what was measured. */
  readonly publicKey: KeyObject
}

/**
 * How far the time of a document may be from ours. A document proves what ran at its time, so an old one may be
 * somebody's who has meanwhile taken the place over; and as clocks differ, it may be a little ahead.
 */
const ageMsMost = 5 * 60_000

const modulusBitsFewest = 2048
/** With 1 for an exponent RSA changes nothing, and what is sent would be there to read. */
const exponentLeast = 3n

/** Believes an attestation document, or says why not. @throws Refusal `ValidationException` */
export function verifyAttestation(bytes: Uint8Array, trust: Trust): VerifiedAttestation {
  const message = readCoseSign1(bytes)
  const document = readAttestationDocument(message.payload)
  requireDocument(Math.abs(trust.now - document.timestamp) <= ageMsMost, 'it is not of the last five minutes')
  requireDocument(isSignedWith(requireTrustedKey(document, trust), message), 'its signature does not fit')
  const { source, moduleId, pcrs, publicKey } = document
  requireDocument(publicKey, 'it has no public key')
  return { source, moduleId, pcrs, publicKey: readRecipientKey(publicKey) }
}

function readRecipientKey(der: Uint8Array): KeyObject {
  const notRsa = 'its public key is not an RSA key of at least 2048 bits'
  const key = readDocument(
    () => createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' }),
    notRsa,
  )
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {}
  requireDocument(
    key.asymmetricKeyType === 'rsa' && modulusLength >= modulusBitsFewest && publicExponent >= exponentLeast,
    notRsa,
  )
  return key
}
