import { hash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readCredential, type SignedRequest, verifySignature } from '../../src/http/signature.ts'
import { canonicalRequest } from '../../src/sigv4/canonical.ts'
import { createSigner } from '../../src/sigv4/signing-key.ts'

const shared = process.env.CLAVIGER_SHARED ?? resolve(import.meta.dirname, '../../../../../shared')
const folder = join(shared, 'vectors/sigv4')
const present = existsSync(folder)
if (!present) console.log(`skipped: the SigV4 vectors are not in ${folder}`)

const secret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY'
const time = '20150830T123600Z'
const now = Date.UTC(2015, 7, 30, 12, 36)

/** Vectors that describe a signer we never meet, by name, and why. */
const notOurs: Readonly<Record<string, string>> = {
  'get-relative-unnormalized': 'only S3 signs a path as it was sent',
  'get-relative-relative-unnormalized': 'only S3 signs a path as it was sent',
  'get-slash-dot-slash-unnormalized': 'only S3 signs a path as it was sent',
  'get-slash-pointless-dot-unnormalized': 'only S3 signs a path as it was sent',
  'get-slash-unnormalized': 'only S3 signs a path as it was sent',
  'get-slashes-unnormalized': 'only S3 signs a path as it was sent',
  'post-sts-header-after (query)': 'only AWS IoT leaves a token in the query out of the signature',
}

/** A file with one character for each byte, as the wire has it. */
const bytesOf = (path: string) => readFileSync(path, 'latin1').replaceAll('\r\n', '\n')

/** A request as the vectors write it, folded header lines included. */
function parseRequest(text: string): SignedRequest {
  const [head = '', body = ''] = splitOnce(text.replace(/\n+$/, '\n\n'), '\n\n')
  const [first = '', ...lines] = head.split('\n')
  const target = first.slice(first.indexOf(' ') + 1, first.lastIndexOf(' '))
  const [path = '', query = ''] = splitOnce(target, '?')
  const headers: string[] = []
  for (const line of lines)
    if (/^\s/.test(line)) headers.push(`${headers.pop()}\n${line}`)
    // Node takes the space between name and value away; what is inside a value stays.
    else headers.push(...splitOnce(line.replace(/: */, ':'), ':'))
  return {
    method: first.slice(0, first.indexOf(' ')),
    path,
    query,
    headers,
    body: Buffer.from(body.replace(/\n+$/, ''), 'latin1'),
  }
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)]
}

interface Vector {
  readonly request: string
  readonly canonical: string
  readonly stringToSign: string
  readonly signature: string
}

function expectVector({ request: text, canonical: wanted, stringToSign, signature }: Vector): void {
  const request = parseRequest(text)
  const credential = readCredential(request)
  const canonical = canonicalRequest({
    ...request,
    ...credential,
    bodyHash: hash('sha256', request.body, 'hex'),
  })
  expect(canonical).toBe(wanted)
  const canonicalHash = hash('sha256', Buffer.from(canonical ?? '', 'latin1'), 'hex')
  const { date, region, service } = credential.scope
  const actual = `AWS4-HMAC-SHA256\n${credential.timeText}\n${date}/${region}/${service}/aws4_request\n${canonicalHash}`
  expect(actual).toBe(stringToSign)
  expect(createSigner(secret, credential.scope)(time, canonicalHash)).toBe(signature)
  expect(credential.signature).toBe(signature)
  expect(() => verifySignature(credential, request, secret, now)).not.toThrow()
}

describe.skipIf(!present)('the SigV4 vectors of aws-c-auth', () => {
  const root = join(folder, 'aws-c-auth/v4')
  for (const name of present ? readdirSync(root) : [])
    for (const form of ['header', 'query']) {
      const title = form === 'query' ? `${name} (query)` : name
      const reason = notOurs[name] ?? notOurs[title]
      test(reason === undefined ? title : `${title}: ${reason}`, (context) => {
        if (reason !== undefined) context.skip()
        const file = (part: string) => bytesOf(join(root, name, `${form}-${part}.txt`))
        expectVector({
          request: file('signed-request'),
          canonical: file('canonical-request'),
          stringToSign: file('string-to-sign'),
          signature: file('signature'),
        })
      })
    }
})

describe.skipIf(!present)('the SigV4 vectors of botocore', () => {
  const root = join(folder, 'botocore-aws4_testsuite')
  const paths = present ? readdirSync(root, { recursive: true, encoding: 'utf8' }) : []
  for (const path of paths.filter((each) => each.endsWith('.sreq')).sort())
    test(path.slice(0, path.lastIndexOf('/')), () => {
      const file = (extension: string) => bytesOf(join(root, path.replace(/sreq$/, extension)))
      const authorization = file('authz')
      expectVector({
        // One request of the suite carries another one's signature; the file beside it has the right one.
        request: file('sreq').replace(/^Authorization:.*$/m, `Authorization: ${authorization}`),
        canonical: file('creq'),
        stringToSign: file('sts'),
        signature: authorization.split('Signature=')[1] ?? '',
      })
    })
})
