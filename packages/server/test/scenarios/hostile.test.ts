import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signRequest } from '../../src/sigv4/sign.ts'
import { bytes, newKey, refused, rootCredentials, type Serving, serve } from '../serving.ts'

/** Callers who mean no good, or know no better. */

let house: Serving
beforeAll(async () => {
  house = await serve()
})
afterAll(() => house.close())

describe('a marker that no list gave out', () => {
  const markers = ['["a","b"]', '["a","b","c","d","e"]', '[5]', '[]', '{}', 'no JSON']
  test.each(markers)('%s is refused as invalid', async (text) => {
    const Marker = Buffer.from(text).toString('base64url')
    const { kms } = house.root
    const { id } = await newKey(house.root)
    await refused(kms.listKeys({ Marker }), 'InvalidMarkerException')
    await refused(kms.listAliases({ Marker }), 'InvalidMarkerException')
    await refused(kms.listGrants({ KeyId: id, Marker }), 'InvalidMarkerException')
    await refused(
      kms.listRetirableGrants({ RetiringPrincipal: house.root.arn, Marker }),
      'InvalidMarkerException',
    )
  })
})

test('an encryption context longer than any use of one is refused before any policy is asked', async () => {
  const { id } = await newKey(house.root)
  const context = (length: number) => ({ EncryptionContext: { a: 'x'.repeat(length - 1) } })
  const message = { KeyId: id, Plaintext: bytes('x') }
  await house.root.kms.encrypt({ ...message, ...context(8192) })
  await refused(house.root.kms.encrypt({ ...message, ...context(8193) }), 'ValidationException')
})

test('whoever gets a name later is not shown the grants that its former holder may retire', async () => {
  const { id } = await newKey(house.root)
  const gina = await house.user('gina')
  await house.root.kms.createGrant({
    KeyId: id,
    GranteePrincipal: house.root.arn,
    RetiringPrincipal: gina.arn,
    Operations: ['Decrypt'],
  })
  const retirable = async () =>
    (await house.root.kms.listRetirableGrants({ RetiringPrincipal: gina.arn })).Grants?.length
  expect(await retirable()).toBe(1)
  await house.root.iam.deleteAccessKey({ UserName: 'gina', AccessKeyId: gina.credentials.accessKeyId })
  await house.root.iam.deleteUser({ UserName: 'gina' })
  await house.root.iam.createUser({ UserName: 'gina' })
  expect(await retirable()).toBe(0)
})

test('a grant names a principal that can be one, in this partition', async () => {
  const { id } = await newKey(house.root)
  const account = '111122223333'
  const nobody = [
    `arn:aws:sts::${account}:root`,
    `arn:aws:iam::${account}:root/foo`,
    `arn:aws:iam::${account}:assumed-role/x/y`,
    `arn:aws:sts::${account}:federated-user`,
    `arn:aws-cn:iam::${account}:root`,
  ]
  for (const GranteePrincipal of nobody) {
    const grant = { KeyId: id, GranteePrincipal, Operations: ['Decrypt' as const] }
    await refused(house.root.kms.createGrant(grant), 'InvalidArnException')
  }
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: `arn:aws-cn:iam::${account}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
    ],
  })
  await refused(house.root.kms.createKey({ Policy }), 'MalformedPolicyDocumentException')
})

test('a caller who is gone before being answered is served with an address, or not at all', async () => {
  const { hostname, port } = new URL(house.url)
  const body = Buffer.from('{}')
  const headers = signRequest(
    {
      method: 'POST',
      path: '/',
      headers: {
        host: `${hostname}:${port}`,
        'x-amz-target': 'TrentService.CreateKey',
        'content-type': 'application/x-amz-json-1.1',
      },
      body,
    },
    { ...rootCredentials, region: 'us-east-1', service: 'kms', now: house.clock.now() },
  )
  const lines = Object.entries({ ...headers, 'content-length': String(body.length) })
  const request = `POST / HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}`).join('\r\n')}\r\n\r\n{}`
  await Promise.all(
    Array.from(
      { length: 30 },
      () =>
        new Promise<void>((resolve) => {
          const socket = connect(Number(port), hostname, () => {
            socket.write(request, () => socket.resetAndDestroy())
          })
          socket.on('close', () => resolve()).on('error', () => undefined)
        }),
    ),
  )
  await house.root.kms.listKeys({})
  const journal = await readFile(join(house.dataDir, 'audit', 'journal-00000001.jsonl'), 'utf8')
  expect(journal).not.toContain('"sourceIPAddress":""')
})

test('root credentials that are set anew end the ones before', async () => {
  const own = await serve()
  const before = own.root
  await before.kms.listKeys({})
  const second = { id: 'AKIAI44QH8DHBEXAMPLE', secret: 'je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY' }
  await own.restart({
    CLAVIGER_ROOT_ACCESS_KEY_ID: second.id,
    CLAVIGER_ROOT_SECRET_ACCESS_KEY: second.secret,
  })
  await refused(before.kms.listKeys({}), 'UnrecognizedClientException')
  await own.close()
})
