import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam'
import {
  CreateGrantCommand,
  CreateKeyCommand,
  DecryptCommand,
  EncryptCommand,
  KMSClient,
  ListGrantsCommand,
  PutKeyPolicyCommand,
  RevokeGrantCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms'
import { type Claviger, readSettings, start } from '@claviger/server'
import { pino } from 'pino'
import { records } from './records.ts'
import { sessionOn } from './session.ts'

/** A walk through the service with the real AWS SDK, on an empty directory, printed as a session to read. */
export async function tour(out: Writable): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'claviger-tour-'))
  const settings = readSettings({
    flags: { 'data-dir': dataDir, listen: '127.0.0.1:0' },
    environment: rootCredentials,
    file: {},
  })
  const claviger = await start(settings, pino({ level: 'silent' }))
  try {
    await walk(claviger, dataDir, out)
  } finally {
    await claviger.close()
    await rm(dataDir, { recursive: true })
  }
}

const rootCredentials = {
  CLAVIGER_ROOT_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  CLAVIGER_ROOT_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
}

const account = '111122223333'
const arnOf = (name: string) => `arn:aws:iam::${account}:user/${name}`
const bytes = (text: string) => Buffer.from(text)

/** One principal of the tour: a name, and clients that sign as them. */
interface Person {
  readonly name: string
  readonly kms: KMSClient
  readonly iam: IAMClient
}

function person(name: string, claviger: Claviger, credentials: { id: string; secret: string }): Person {
  const config = {
    endpoint: claviger.url,
    region: 'us-east-1',
    credentials: { accessKeyId: credentials.id, secretAccessKey: credentials.secret },
  }
  return { name, kms: new KMSClient(config), iam: new IAMClient(config) }
}

async function walk(claviger: Claviger, dataDir: string, out: Writable): Promise<void> {
  const session = sessionOn(out)
  const root = person('root', claviger, {
    id: rootCredentials.CLAVIGER_ROOT_ACCESS_KEY_ID,
    secret: rootCredentials.CLAVIGER_ROOT_SECRET_ACCESS_KEY,
  })
  const newUser = async (name: string) => {
    await root.iam.send(new CreateUserCommand({ UserName: name }))
    const { AccessKey } = await root.iam.send(new CreateAccessKeyCommand({ UserName: name }))
    return person(name, claviger, {
      id: AccessKey?.AccessKeyId ?? '',
      secret: AccessKey?.SecretAccessKey ?? '',
    })
  }
  const [alice, bob, carol] = [await newUser('alice'), await newUser('bob'), await newUser('carol')]

  session.chapter('A key under the default key policy: the account decides through IAM')
  const { KeyMetadata: first } = await session.does(
    root,
    'CreateKey',
    root.kms.send(new CreateKeyCommand({})),
  )
  const KeyId = first?.Arn ?? ''
  const letter = { KeyId, Plaintext: bytes('meet me at noon') }
  await session.isRefused(alice, 'Encrypt', alice.kms.send(new EncryptCommand(letter)))
  const mayUse = allow({ Action: ['kms:Encrypt', 'kms:Decrypt'], Resource: KeyId })
  const putPolicy = new PutUserPolicyCommand({ UserName: 'alice', PolicyName: 'use', PolicyDocument: mayUse })
  await session.does(root, 'PutUserPolicy  alice may Encrypt and Decrypt', root.iam.send(putPolicy))
  const sealed = await session.does(alice, 'Encrypt', alice.kms.send(new EncryptCommand(letter)))
  const { CiphertextBlob } = sealed
  const opened = await session.does(alice, 'Decrypt', alice.kms.send(new DecryptCommand({ CiphertextBlob })))
  session.remark(`"${Buffer.from(opened.Plaintext ?? []).toString()}"`)

  session.chapter('A key policy that keeps administrators from using, and users from administering')
  const separated = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      statement('Administrators', 'root', ['kms:Put*', 'kms:Get*', 'kms:ScheduleKeyDeletion', 'kms:*Grant*']),
      statement('Users', 'bob', ['kms:Encrypt', 'kms:Decrypt'], {
        StringEquals: { 'kms:EncryptionContext:tenant': 'blue' },
      }),
    ],
  })
  await session.does(
    root,
    'PutKeyPolicy   root administers, bob uses it for tenant blue',
    root.kms.send(new PutKeyPolicyCommand({ KeyId, Policy: separated })),
  )
  await session.isRefused(root, 'Encrypt', root.kms.send(new EncryptCommand(letter)))
  await session.isRefused(
    bob,
    'ScheduleKeyDeletion',
    bob.kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 })),
  )
  await session.isRefused(
    alice,
    'Encrypt        her IAM policy no longer counts',
    alice.kms.send(new EncryptCommand(letter)),
  )

  session.chapter('A condition on the encryption context')
  await session.isRefused(bob, 'Encrypt        without context', bob.kms.send(new EncryptCommand(letter)))
  const blue = { ...letter, EncryptionContext: { tenant: 'blue' } }
  const blueBlob = await session.does(
    bob,
    'Encrypt        tenant=blue',
    bob.kms.send(new EncryptCommand(blue)),
  )

  session.chapter('A grant given, used and revoked')
  const open = () =>
    carol.kms.send(
      new DecryptCommand({ CiphertextBlob: blueBlob.CiphertextBlob, EncryptionContext: { tenant: 'blue' } }),
    )
  await session.isRefused(carol, 'Decrypt        tenant=blue', open())
  const grant = await session.does(
    root,
    'CreateGrant    carol may Decrypt for tenant blue',
    root.kms.send(
      new CreateGrantCommand({
        KeyId,
        GranteePrincipal: arnOf('carol'),
        Operations: ['Decrypt'],
        Constraints: { EncryptionContextEquals: { tenant: 'blue' } },
      }),
    ),
  )
  await session.does(carol, 'Decrypt        tenant=blue', open())
  await session.does(
    root,
    'RevokeGrant',
    root.kms.send(new RevokeGrantCommand({ KeyId, GrantId: grant.GrantId })),
  )
  await session.isRefused(carol, 'Decrypt        tenant=blue', open())
  const { Grants } = await root.kms.send(new ListGrantsCommand({ KeyId }))
  session.remark(`grants left on the key: ${Grants?.length}`)

  session.chapter('What the audit journal says of it')
  for (const line of await records(join(dataDir, 'audit'), KeyId)) session.line(line)
  const journal = await claviger.journal.verify()
  session.remark(
    'fault' in journal
      ? 'the journal is damaged'
      : `${journal.records} records, every one linked to the one before`,
  )
}

function allow(element: object): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...element }] })
}

function statement(sid: string, name: string, actions: string[], condition?: object): object {
  const principal = name === 'root' ? `arn:aws:iam::${account}:root` : arnOf(name)
  return {
    Sid: sid,
    Effect: 'Allow',
    Principal: { AWS: principal },
    Action: actions,
    Resource: '*',
    ...(condition === undefined ? {} : { Condition: condition }),
  }
}

if (import.meta.main) await tour(process.stdout)
