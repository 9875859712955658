import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, describe, expect, test } from 'vitest'
import { readInstallation } from '../../src/apply/reading/read-installation.ts'

/** What is wrong with a file is found before anybody is asked anything: all of it, each where it stands. */

const folder = mkdtempSync(join(tmpdir(), 'claviger-reading-'))
afterAll(() => rmSync(folder, { recursive: true }))

const io = {
  stdin: new PassThrough(),
  stdout: new PassThrough(),
  stderr: new PassThrough(),
  environment: {},
  stopped: new Promise<string>(() => undefined),
}

/** Its problems, as `line:column message`; those of another file with its name before. */
async function problemsOf(text: string): Promise<string[]> {
  const path = join(folder, 'it.yaml')
  const read = await readInstallation(path, text, io)
  if (read.ok) return []
  return read.problems.map(({ file, line, column, message }) => {
    const name = file === path ? '' : `${file.slice(folder.length + 1)}:`
    return `${name}${line}:${column} ${message}`
  })
}

const allow = "{Version: '2012-10-17', Statement: {Effect: Allow, Action: 'kms:*', Resource: '*'}}"

const mistakes: readonly (readonly [what: string, text: string, ...problems: string[]])[] = [
  [
    'a member that is not known, with those that are',
    'users:\n  alice:\n    polcies: []\n',
    '3:5 there is no `polcies` in user `alice`; there is path, policies, inline-policies, tags, groups, boundary, access-key',
  ],
  ['a member that is needed', 'roles:\n  app:\n', '2:3 role `app` needs `trust`'],
  [
    'names of nothing',
    'users:\n  alice: {groups: [staff], policies: [reading], boundary: limit}\ngroups: {devs: {}}\n',
    '2:20 there is no group `staff` in this account; there is devs',
    '2:39 there is no policy `reading` in this account; there is none, or an ARN',
    '2:59 there is no policy `limit` in this account; there is none, or an ARN',
  ],
  [
    'an account that is not in the file',
    "roles:\n  app:\n    trust:\n      Version: '2012-10-17'\n      Statement:\n        Effect: Allow\n        Principal: {AWS: arn:aws:iam::<account:shpo>:root}\n        Action: sts:AssumeRole\naccounts: {shop: {email: shop@example.com}}\n",
    '7:26 there is no account `shpo` in this file; there is management, shop',
  ],
  [
    'a key that is not in the file, or not in that Region',
    `keys: {orders: {}}\npolicies:\n  a: {document: {Version: '2012-10-17', Statement: {Effect: Allow, Action: 'kms:*', Resource: [<key:order>, <key:eu-west-1:orders>]}}}\n`,
    '3:96 there is no key `order` here; there is orders',
    '3:109 there is no key `eu-west-1:orders` here; there is orders',
  ],
  [
    'a reference that says nothing',
    `policies:\n  a: {document: {Version: '2012-10-17', Statement: {Effect: Allow, Action: 'kms:*', Resource: <keys:orders>}}}\n`,
    '2:95 `<keys:orders>` stands for nothing; there is <account>, <account:name>, <key:alias> and <organization>',
  ],
  [
    'an action of KMS that there is not, which AWS would take',
    "keys:\n  orders:\n    policy:\n      Version: '2012-10-17'\n      Statement:\n        - Effect: Allow\n          Principal: '*'\n          Action: [kms:Encrypt, kms:Decrpyt, Decrypt, 'kms:Gen*', 'kms:encrypt']\n          Resource: '*'\n",
    '8:33 policy: there is no action `kms:Decrpyt`',
    '8:46 policy: there is no action `Decrypt`',
  ],
  [
    'elements of a policy, in the line where they are',
    "keys:\n  orders:\n    policy:\n      Version: '2012-10-17'\n      Statement:\n        - Effect: allow\n          Principal: '*'\n          Action: kms:*\n          Resource: '*'\n          Condition: {StringEqual: {kms:ViaService: a}}\n",
    '6:19 policy: Statement[0].Effect: must be `Allow` or `Deny`',
    '10:23 policy: Statement[0].Condition.StringEqual: is not a condition operator',
  ],
  [
    'a key policy that speaks of keys',
    `keys:\n  a: {policy: {Version: '2012-10-17', Statement: {Effect: Allow, Principal: '*', Action: 'kms:*', Resource: <key:a>}}}\n`,
    '2:109 a key policy cannot refer to keys; its own is `*`',
  ],
  [
    'what no key has',
    'keys:\n  a: {spec: RSA_2048, rotation: 3, enabled: maybe, replicas: [eu-west-1]}\n  aws/s3: {}\n',
    '2:13 a key of spec RSA_2048 needs `usage`',
    '2:33 rotation must be a number of days from 90 to 2560, or off',
    '2:45 enabled must be true or false',
    '2:62 only a key with `multi-region: true` has replicas',
    '3:3 `aws/s3` is no name of a key: its alias without `alias/`, and before it its Region if that is another one, `eu-west-1:orders`',
  ],
  [
    'an alias that two keys would have',
    'region: us-east-1\nkeys:\n  a: {aliases: [b]}\n  b: {}\n  eu-west-1:c: {multi-region: true, replicas: [us-east-1]}\n  c: {}\n',
    '4:3 alias `b` in us-east-1 is that of key `a` already',
    '6:3 alias `c` in us-east-1 is that of key `eu-west-1:c` already',
  ],
  [
    'grants that say too little or too much',
    'keys:\n  a:\n    grants:\n      - {name: a b, grantee: <key:a>}\n      - {name: c, grantee: <account:x>, operations: [Encrypt], encryption-context-equals: {}, encryption-context-subset: {}}\n',
    '4:9 a grant needs `operations`',
    '4:16 `a b` is no name of a grant',
    '4:30 a key is no principal',
    '5:9 a grant has one constraint, equals or subset',
    '5:28 there is no account `x` in this file; there is management',
  ],
  [
    'what no organization has',
    'organization:\n  units:\n    A/B: {}\n    C: {service-control-policies: [none]}\naccounts:\n  shop: {email: nowhere, unit: D}\n  management: {email: a@example.com}\n',
    '3:5 `A/B` is no name of a unit',
    "4:36 there is no policy `none` among organization's service-control-policies",
    '6:17 email is `nowhere`, which is no email address',
    '6:32 there is no unit `D` under organization',
    '7:3 `management` is no name of a member account',
  ],
  [
    'somebody to enter accounts who is not made in time, or cannot',
    `enter-accounts-as: seeder\nusers:\n  seeder: {policies: [all]}\npolicies: {all: {document: ${allow}}}\n`,
    '1:20 user `seeder` needs `access-key: file`, to enter accounts with it',
    '1:20 user `seeder` is made before all else: no groups, no policies of this file, no references',
  ],
  ['a file of a policy that is not there', 'policies: {a: {document: none.json}}', '1:26 it/none.json'],
  [
    'what is no YAML',
    'users:\n  alice: {\n',
    '3:1 Flow map in block collection must be sufficiently indented and end with a }',
  ],
]

describe('a file is refused for', () => {
  for (const [what, text, ...problems] of mistakes) {
    test(what, async () => {
      const found = await problemsOf(text)
      if (what.includes('file of a policy'))
        expect(found).toEqual([expect.stringMatching(/^1:26 .*cannot be read/)])
      else expect(found).toEqual(problems)
    })
  }
})

test('a policy in a file of its own is wrong there, in YAML and in JSON', async () => {
  writeFileSync(
    join(folder, 'key.json'),
    '{\n\t"Version": "2012-10-17",\n\t"Statement": [\n\t\t{ "Effect": "Never" }\n\t]\n}\n',
  )
  writeFileSync(
    join(folder, 'app.yaml'),
    `Version: '2012-10-17'\nStatement:\n  Effect: Allow\n  Action: kms:Opne\n  Resource: <key:none>\n`,
  )
  expect(
    await problemsOf(
      'keys: {a: {policy: key.json}, b: {policy: key.json}}\npolicies: {b: {document: app.yaml}}\n',
    ),
  ).toEqual([
    'app.yaml:4:11 document: there is no action `kms:Opne`',
    'app.yaml:5:13 there is no key `none` here; there is a, b',
    'key.json:4:3 policy: Statement[0].Principal: is missing',
    'key.json:4:15 policy: Statement[0].Effect: must be `Allow` or `Deny`',
  ])
})

test('an anchor that contains itself does not keep anybody waiting', async () => {
  expect(await problemsOf('policies:\n  a:\n    document: &a {Statement: *a}\n')).not.toEqual([])
})

test('a few lines of anchors that would be millions of values are refused, and not waited for', async () => {
  const levels = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].map((name, at, all) => {
    const within = at === 0 ? "'kms:Encrypt'" : `*${all[at - 1]}`
    return `&${name} [${Array(9).fill(within).join(', ')}]`
  })
  const list = levels.map((level) => `        - ${level}\n`).join('')
  const document = `      Version: '2012-10-17'\n      Statement:\n${list}`
  expect(await problemsOf(`policies:\n  a:\n    document:\n${document}`)).toEqual([
    '4:7 this is too much for a policy',
  ])
  expect(await problemsOf(`users:\n  alice:\n    tags:\n      x:\n${list}`)).toEqual([
    expect.stringContaining('has too many aliases in it'),
  ])
})

test('a policy may name one list of actions as often as it likes', async () => {
  const statement = "{Effect: Allow, Action: *actions, Resource: '*'}"
  const first = statement.replace('*actions', "&actions ['kms:Encrypt', 'kms:Decrypt']")
  const statements = [first, ...Array<string>(150).fill(statement)].join(', ')
  const document = `{Version: '2012-10-17', Statement: [${statements}]}`
  expect(await problemsOf(`policies:\n  a:\n    document: ${document}\n`)).toEqual([])
})

test('every file on docs/apply.md is one', async () => {
  const page = readFileSync(join(import.meta.dirname, '../../../../docs/apply.md'), 'utf8')
  const blocks = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = '']) => text)
  expect(blocks.length).toBeGreaterThan(1)
  const statement = { Effect: 'Allow', Principal: { AWS: '<account>' }, Action: 'kms:*', Resource: '*' }
  writeFileSync(
    join(folder, 'orders-key.json'),
    JSON.stringify({ Version: '2012-10-17', Statement: statement }),
  )
  for (const block of blocks) expect(await problemsOf(block), block).toEqual([])
})
