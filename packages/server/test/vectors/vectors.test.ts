import { createCipheriv, createDecipheriv } from 'node:crypto'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { verifyJournal } from '../../src/audit/file/verify-journal.ts'
import { systemChance } from '../../src/base/chance.ts'
import { describeBlob, openBlob, sealBlob } from '../../src/crypto/ciphertext-blob.ts'
import { type OuterLayer, openInner, outerData, readExternalBlob } from '../../src/crypto/external-blob.ts'
import { derive } from '../../src/crypto/kdf.ts'
import { materialIdOf } from '../../src/crypto/material-id.ts'
import { Secret } from '../../src/crypto/secret.ts'
import { rootKeyFile } from '../../src/root-key/file/root-key-file.ts'
import { rootKeyPassphrase } from '../../src/root-key/passphrase/root-key-passphrase.ts'
import { openRootKey } from '../../src/root-key/root-key.ts'
import { type Purpose, unwrap } from '../../src/root-key/wrapping.ts'
import { openByThePage, openExternalByThePage } from './by-the-page.ts'
import blobVectors from './ciphertext-blobs-1.json' with { type: 'json' }
import externalVectors from './external-blobs-1.json' with { type: 'json' }
import kdfVectors from './kdf.json' with { type: 'json' }
import wrappedVectors from './wrapped-1.json' with { type: 'json' }

const chance = systemChance()
const bytes = (hex: string) => Buffer.from(hex, 'hex')
const secretOf = (hex: string) => new Secret(bytes(hex))

describe('SP 800-108r1 counter mode, HMAC-SHA-512', () => {
  for (const { secret, label, context, derived } of kdfVectors.vectors) {
    test(`label ${label}, ${context.length / 2} bytes of context`, () => {
      expect(derive(secretOf(secret), label, bytes(context)).toString('hex')).toBe(derived)
      // In one piece or in several, context is context.
      const parts = [bytes(context).subarray(0, 7), bytes(context).subarray(7)]
      expect(derive(secretOf(secret), label, ...parts).toString('hex')).toBe(derived)
    })
  }
})

test('AES-256-GCM: McGrew and Viega, test case 14, whose initialisation vector is zero like ours', () => {
  const cipher = createCipheriv('aes-256-gcm', Buffer.alloc(32), Buffer.alloc(12))
  expect(cipher.update(Buffer.alloc(16)).toString('hex')).toBe('cea7403d4d606b6e074ec5d3baf39d18')
  cipher.final()
  expect(cipher.getAuthTag().toString('hex')).toBe('d0d1c8a799996bf0265b98b5d48ab919')
})

describe('ciphertext blobs of format 1', () => {
  for (const { material, plaintext, blob, encryptionContext, ...address } of blobVectors.blobs) {
    const context = Object.fromEntries(
      Object.entries(encryptionContext).filter(([, value]) => value !== undefined),
    )
    test(`open forever: ${address.keyId}, context of ${Object.keys(context).length}`, () => {
      const secret = secretOf(material)
      expect(describeBlob(bytes(blob))).toEqual(address)
      expect(openBlob(bytes(blob), { secret, encryptionContext: context })?.toString('hex')).toBe(plaintext)
      expect(materialIdOf(secret, address.keyId)).toBe(address.materialId)
    })

    test(`are opened by a reader that knows only the page about them: ${address.keyId}`, async () => {
      expect(await openByThePage(bytes(blob), bytes(material), context)).toBe(plaintext)
      const sealing = { secret: secretOf(material), encryptionContext: context, ...address }
      const fresh = sealBlob(bytes(plaintext), sealing, chance)
      expect(await openByThePage(fresh, bytes(material), context)).toBe(plaintext)
    })
  }
})

describe('doubly encrypted blobs of format 1', () => {
  for (const {
    material,
    externalKey,
    plaintext,
    blob,
    encryptionContext,
    ...address
  } of externalVectors.blobs) {
    const context: Record<string, string> = { ...encryptionContext }
    test(`open forever: ${address.keyId}, context of ${Object.keys(context).length}`, () => {
      expect(describeBlob(bytes(blob))).toEqual(address)
      const parts = readExternalBlob(bytes(blob))
      if (parts === undefined) throw new Error('it is not read at all')
      const { header, outer } = parts
      const sealed = unlock(outer, outerData(header, context), bytes(externalKey))
      const sealing = { secret: secretOf(material), encryptionContext: context }
      expect(openInner({ header, sealed }, sealing)?.toString('hex')).toBe(plaintext)
      // Without the external key they are nothing.
      expect(openBlob(bytes(blob), sealing)).toBe(undefined)
    })

    test(`are opened by a reader that knows only the page about them: ${address.keyId}`, async () => {
      const keys = { material: bytes(material), externalKey: bytes(externalKey) }
      expect(await openExternalByThePage(bytes(blob), keys, context)).toBe(plaintext)
    })
  }
})

/** What an external key manager does: AES-256-GCM, with the lengths of data and metadata authenticated too. */
function unlock(outer: OuterLayer, associatedData: Uint8Array, key: Buffer): Buffer {
  const { initializationVector, authenticationTag, metadata, ciphertext } = outer
  const length = Buffer.alloc(2)
  length.writeUInt16BE(associatedData.length)
  const decipher = createDecipheriv('aes-256-gcm', key, initializationVector)
    .setAAD(Buffer.concat([length, associatedData, Buffer.of(metadata.length), metadata]))
    .setAuthTag(authenticationTag)
  return Buffer.concat([decipher.update(ciphertext), decipher.final()])
}

describe('what format 1 wrapped under the root key', () => {
  const rootKey = secretOf(wrappedVectors.rootKey)

  test('unwraps forever', () => {
    for (const { purpose, place, content, wrapped } of wrappedVectors.wrapped) {
      const wrapping = { rootKey, purpose: purpose as Purpose, place: place as never }
      expect(unwrap(wrapped, wrapping)?.equals(secretOf(content))).toBe(true)
    }
  })

  test('is known to belong to that root key', async () => {
    const installation = { id: wrappedVectors.installationId, rootKeyCheck: wrappedVectors.rootKeyCheck }
    const source = { description: 'the frozen root key', open: async () => secretOf(wrappedVectors.rootKey) }
    expect((await openRootKey(source, installation)).equals(rootKey)).toBe(true)
  })
})

describe('root keys of format 1', () => {
  test('are read from their file forever', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'claviger-vectors-')), 'root.key')
    const line = 'claviger-root-key-v1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8= 22fc69e45e7cc3bd\n'
    await writeFile(path, line, { mode: 0o600 })
    const rootKey = await rootKeyFile(path, chance).open({ firstStart: false })
    expect(rootKey.equals(new Secret(Uint8Array.from({ length: 32 }, (_, at) => at)))).toBe(true)
  })

  test('are made from their passphrase forever', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'claviger-vectors-'))
    const recipe = { format: 1, algorithm: 'argon2id', passes: 3, memoryKiB: 65_536, lanes: 4 }
    await writeFile(
      join(directory, 'root-key.json'),
      JSON.stringify({ ...recipe, salt: 'AAECAwQFBgcICQoLDA0ODw==' }),
    )
    const source = rootKeyPassphrase({ directory, passphrase: 'correct horse battery staple' }, chance)
    // Computed with pyca/cryptography's Argon2id, independently of this code.
    const expected = '853b272a44db1421c02962669a55eb0994f3cab385ed1c4c79253eee19bab49e'
    expect((await source.open({ firstStart: false })).equals(secretOf(expected))).toBe(true)
  })
})

test('a journal of format 1 verifies forever', async () => {
  expect(await verifyJournal(import.meta.dirname)).toEqual({
    lines: 3,
    records: 3,
    lastHash: 'f9d08e2d01f215ef8ed7dceb340f3e7e2c4104738d8800c4d02d01eef8460225',
    tornBytes: 0,
  })
})
