import { execFileSync } from 'node:child_process'
import { readdir, readFile, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { verifyJournal } from '@claviger/server'
import { describe, expect, test } from 'vitest'
import { bytes, newKey, refused, textOf } from '../serving.ts'
import { emptyDirectory, type Running, rootOf, running } from './process.ts'

/** Without its journal the service does nothing for anybody: nothing leaves unrecorded. */

const minute = 60_000
const unexpected = 'The request processing has failed because of an unknown error, exception or failure.'

interface ServiceError extends Error {
  readonly $metadata: { readonly httpStatusCode?: number }
}

/** A service with a key, and what calls of it come to. */
async function house() {
  const dataDir = await emptyDirectory()
  const service = await running({ dataDir })
  const { kms, iam, sts, cloudTrailIn } = rootOf(service)
  const { id } = await newKey({ kms })
  const { CiphertextBlob } = await kms.encrypt({ KeyId: id, Plaintext: bytes('kept') })
  const open = async () => textOf((await kms.decrypt({ CiphertextBlob })).Plaintext)
  const stopped = async () => {
    const uses = [
      kms.decrypt({ CiphertextBlob }),
      kms.encrypt({ KeyId: id, Plaintext: bytes('more') }),
      kms.generateDataKey({ KeyId: id, KeySpec: 'AES_256' }),
      kms.describeKey({ KeyId: id }),
    ]
    for (const use of uses) await refused(use, 'KMSInternalException', unexpected)
    const error = await kms.decrypt({ CiphertextBlob }).catch((thrown) => thrown)
    expect(error.$metadata.httpStatusCode).toBe(500)
    // What only reads is answered no sooner, whichever service it is of.
    const readings: Promise<unknown>[] = [
      kms.listKeys({}),
      kms.getKeyPolicy({ KeyId: id }),
      iam.listUsers({}),
      sts.getCallerIdentity({}),
      cloudTrailIn('us-east-1').lookupEvents({}),
    ]
    for (const reading of readings) {
      const thrown = await reading.then(
        () => ({}) as never,
        (each: ServiceError) => each,
      )
      expect(thrown.$metadata.httpStatusCode, `${thrown.name} ${thrown.message}`).toBe(500)
    }
  }
  return { dataDir, service, kms, id, open, stopped }
}

async function isWhole(dataDir: string): Promise<boolean> {
  return !('fault' in (await verifyJournal(join(dataDir, 'audit'))))
}

describe('key use stops while the audit journal cannot be written', () => {
  test('because its directory is gone, and goes on by itself when it is back', {
    timeout: minute,
  }, async () => {
    const { dataDir, kms, open, stopped } = await house()
    await rename(join(dataDir, 'audit'), join(dataDir, 'aside'))
    await stopped()
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await refused(kms.createKey({ Description: 'unanswered' }), 'KMSInternalException', unexpected)
    }
    await rename(join(dataDir, 'aside'), join(dataDir, 'audit'))
    expect(await open()).toBe('kept')
    await newKey({ kms })
    expect(await isWhole(dataDir)).toBe(true)

    // A call that was answered with an error may have come to something; then there is a record of it.
    const made = ((await kms.listKeys({})).Keys ?? []).map(({ KeyId }) => String(KeyId))
    expect(made.length).toBeGreaterThanOrEqual(2)
    const journal = await readFile(join(dataDir, 'audit', 'journal-00000001.jsonl'), 'utf8')
    const lines = journal.split('\n').filter((line) => line.includes('"eventName":"CreateKey"'))
    for (const keyId of made) expect(lines.filter((line) => line.includes(keyId))).toHaveLength(1)
  })

  /** The nearest to a full disk that needs no disk of its own: files may not grow beyond a size. Linux alone has it. */
  const fileSizeMost = (service: Running, count: number | 'unlimited') =>
    execFileSync('prlimit', ['--pid', String(service.pid), `--fsize=${count}:unlimited`])

  test.skipIf(process.platform !== 'linux')(
    'because there is no room, and goes on by itself when there is',
    { timeout: minute },
    async () => {
      const { dataDir, service, kms, id, open, stopped } = await house()
      const [segment = ''] = await readdir(join(dataDir, 'audit'))
      const { size } = await stat(join(dataDir, 'audit', segment))
      // Room for a part of a line: what was written of it must not stay.
      fileSizeMost(service, size + 100)
      await stopped()
      await refused(kms.createKey({}), 'KMSInternalException')
      fileSizeMost(service, 'unlimited')
      expect(await open()).toBe('kept')
      await kms.encrypt({ KeyId: id, Plaintext: bytes('more') })
      expect(await isWhole(dataDir)).toBe(true)
      expect((await kms.listKeys({})).Keys).toHaveLength(1)

      service.kill('SIGKILL')
      await service.ended
      expect(await isWhole(dataDir)).toBe(true)
      const { kms: again } = rootOf(await running({ dataDir }))
      expect((await again.listKeys({})).Keys).toHaveLength(1)
    },
  )
})
