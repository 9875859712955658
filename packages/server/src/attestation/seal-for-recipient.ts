import { constants, createCipheriv, createHash, type KeyObject, publicEncrypt } from 'node:crypto'
import { Null, OctetString } from 'asn1js'
import {
  AlgorithmIdentifier,
  ContentInfo,
  EncryptedContentInfo,
  EnvelopedData,
  KeyTransRecipientInfo,
  RecipientInfo,
  RSAESOAEPParams,
} from 'pkijs'
import type { Chance } from '../base/chance.ts'
import { readDocument } from './require-document.ts'

const rsaesOaepId = '1.2.840.113549.1.1.7'
const mgf1Id = '1.2.840.113549.1.1.8'
const sha256Id = '2.16.840.1.101.3.4.2.1'
const aes256CbcId = '2.16.840.1.101.3.4.1.42'

const contentKeyBytes = 32
const ivBytes = 16
/** Of EnvelopedData and of its recipient, where that is named by a key identifier (RFC 5652 §6.1 and §6.2.1). */
const version = 2
const keyTransport = 1

/**
 * What AWS KMS answers in `CiphertextForRecipient`: CMS EnvelopedData, a fresh AES-256-CBC key for the content, and
 * that key under the recipient's with RSAES-OAEP and SHA-256.
 *
 * The content is written in pieces and in indefinite lengths, and so is everything around it, as AWS does: its own
 * SDK for enclaves reads no other form. CBC has no tag, here as there; that nobody changed the answer on its way is
 * for TLS to say.
 */
export function sealForRecipient(plaintext: Uint8Array, publicKey: KeyObject, chance: Chance): Uint8Array {
  const contentKey = chance.bytes(contentKeyBytes)
  const iv = chance.bytes(ivBytes)
  const cipher = createCipheriv('aes-256-cbc', contentKey, iv)
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()])
  const encryptedKey = encryptKey(contentKey, publicKey)
  contentKey.fill(0)
  const enveloped = new EnvelopedData({
    version,
    recipientInfos: [
      new RecipientInfo({ variant: keyTransport, value: recipientOf(publicKey, encryptedKey) }),
    ],
    encryptedContentInfo: new EncryptedContentInfo({
      contentType: ContentInfo.DATA,
      contentEncryptionAlgorithm: new AlgorithmIdentifier({
        algorithmId: aes256CbcId,
        algorithmParams: octets(iv),
      }),
      encryptedContent: octets(ciphertext),
    }),
  })
  const message = new ContentInfo({ contentType: ContentInfo.ENVELOPED_DATA, content: enveloped.toSchema() })
  return new Uint8Array(message.toSchema().toBER())
}

/** A key that was vouched for may still be none that OpenSSL encrypts with. @throws Refusal */
function encryptKey(contentKey: Uint8Array, publicKey: KeyObject): Uint8Array {
  const oaep = { key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }
  return readDocument(() => publicEncrypt(oaep, contentKey), 'its public key does not encrypt')
}

function recipientOf(publicKey: KeyObject, encryptedKey: Uint8Array): KeyTransRecipientInfo {
  const spki = publicKey.export({ format: 'der', type: 'spki' })
  const keyIdentifier = octets(createHash('sha256').update(spki).digest())
  keyIdentifier.idBlock.tagClass = 3
  keyIdentifier.idBlock.tagNumber = 0
  return new KeyTransRecipientInfo({
    version,
    rid: keyIdentifier,
    keyEncryptionAlgorithm: new AlgorithmIdentifier({
      algorithmId: rsaesOaepId,
      algorithmParams: new RSAESOAEPParams({
        hashAlgorithm: new AlgorithmIdentifier({ algorithmId: sha256Id, algorithmParams: new Null() }),
        maskGenAlgorithm: mgf1WithSha256(),
      }).toSchema(),
    }),
    encryptedKey: octets(encryptedKey),
  })
}

function mgf1WithSha256(): AlgorithmIdentifier {
  const sha256 = new AlgorithmIdentifier({ algorithmId: sha256Id, algorithmParams: new Null() })
  return new AlgorithmIdentifier({ algorithmId: mgf1Id, algorithmParams: sha256.toSchema() })
}

function octets(bytes: Uint8Array): OctetString {
  return new OctetString({ valueHex: Uint8Array.from(bytes).buffer })
}
