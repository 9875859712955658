import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Refusal } from '../../src/protocol/errors.ts'
import { parseForm } from '../../src/protocol/form.ts'
import { jsonReader, jsonWriter, parseJson } from '../../src/protocol/json-1-1.ts'
import { iam } from '../../src/protocol/models/iam.ts'
import { kms } from '../../src/protocol/models/kms.ts'
import { queryReader } from '../../src/protocol/query-xml.ts'

/** Calls, and lets nothing but a refusal be thrown. */
function onlyRefuses(act: () => unknown): void {
  try {
    act()
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(Refusal)
  }
}

test('no bytes do more to a reader than be refused', () => {
  const readers = [jsonReader(kms, 'Encrypt'), jsonReader(kms, 'CreateGrant'), jsonReader(kms, 'CreateKey')]
  const name = fc.constantFrom(
    'KeyId',
    'Plaintext',
    'EncryptionContext',
    'GrantTokens',
    'Tags',
    'Constraints',
    '__proto__',
  )
  const body = fc.oneof(
    fc.string(),
    fc.json(),
    fc.dictionary(name, fc.jsonValue()).map((value) => JSON.stringify(value)),
  )
  fc.assert(
    fc.property(body, (text) => {
      for (const read of readers) onlyRefuses(() => read(Buffer.from(text)))
    }),
    { numRuns: 1000 },
  )
})

test('no form does more to a reader than be refused', () => {
  const readers = [queryReader(iam, 'CreateUser'), queryReader(iam, 'ListUsers'), queryReader(iam, 'TagUser')]
  const part = fc.constantFrom(
    'Tags',
    'member',
    '1',
    '2',
    'Key',
    'Value',
    'UserName',
    'MaxItems',
    '.',
    '=',
    '&',
    '%',
    '__proto__',
    'x',
  )
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      for (const read of readers) onlyRefuses(() => read(parseForm(parts.join(''))))
    }),
    { numRuns: 1000 },
  )
})

test('any encryption context comes through as it was sent', () => {
  const read = jsonReader(kms, 'Encrypt')
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' })),
      (context) => {
        const body = JSON.stringify({ KeyId: 'k', Plaintext: 'AA==', EncryptionContext: context })
        expect(Object.entries(read(Buffer.from(body)).EncryptionContext ?? {})).toEqual(
          Object.entries(context),
        )
      },
    ),
  )
})

test('what is written is JSON that says the same', () => {
  const write = jsonWriter(kms, 'Encrypt')
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.uint8Array(), (KeyId, CiphertextBlob) => {
      const wanted = JSON.parse(
        JSON.stringify({ KeyId, CiphertextBlob: Buffer.from(CiphertextBlob).toString('base64') }),
      )
      expect(parseJson(Buffer.from(write({ KeyId, CiphertextBlob })))).toEqual(wanted)
    }),
  )
})
