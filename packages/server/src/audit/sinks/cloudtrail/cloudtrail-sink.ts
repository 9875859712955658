import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { CannotStart } from '../../../base/cannot-start.ts'
import type { Clock } from '../../../base/clock.ts'
import { makeDirectory, replaceFile } from '../../../base/durable-file.ts'
import type { EventRecord } from '../../ledger.ts'
import type { SentRecord, Shipment, Sink } from '../sink.ts'
import { behind, type DigestChain, dueEnd, type LogFile, makeDigest } from './digest.ts'
import type { DigestKey } from './digest-key.ts'
import { type Home, logFilePath, metadataPath, publicKeysPath, type Trail } from './layout.ts'

export interface CloudTrailSettings {
  readonly name: string
  readonly directory: string
  readonly trail: Trail
  readonly key: DigestKey
  readonly clock: Clock
  /** Where it keeps what it needs to go on with the chains of digests. */
  readonly statePath: string
}

/** What has been delivered, as far as what comes next depends on it. */
interface State {
  /** The last line of the last shipment. */
  readonly taken?: string
  readonly chains: readonly DigestChain[]
}

/** As often as CloudTrail delivers. */
const gatherMs = 300_000

/** So many records are looked at before others have their turn. */
const turnRecords = 200

const compressed = promisify<Uint8Array, Buffer>(gzip)

/**
 * Records in files, as CloudTrail puts them into a bucket: every five minutes a log file for each account and Region,
 * every hour a signed digest of these, which names the digest before. A shipment that is taken again, after a crash,
 * makes the same files again.
 */
export async function openCloudTrailSink(settings: CloudTrailSettings): Promise<Sink> {
  const { name, directory, clock, statePath, key } = settings
  let state = await readState(statePath)
  let hasKeys = false
  const save = async (next: State) => {
    await replaceFile(statePath, JSON.stringify(next))
    state = next
  }
  return {
    name,
    recordsMost: 4000,
    bytesMost: 4 << 20,
    restMs: 1000,
    gatherMs,
    async take(shipment) {
      // It was delivered, and we did not live to hear of it.
      if (state.taken === shipment.end.hash) return
      if (!hasKeys) await putFile(directory, publicKeysPath, publicKeys(key))
      hasKeys = true
      let { chains } = state
      for (const [home, records] of await byHome(shipment.records)) {
        chains = withLogFile(chains, home, await deliver(directory, home, { ...shipment, records }))
      }
      await save({ taken: shipment.end.hash, chains })
    },
    async tend() {
      for (const chain of state.chains) {
        const end = dueEnd(chain, clock.now())
        if (end === undefined) continue
        const digest = makeDigest(chain, end, settings)
        const metadata = { signature: digest.signature, 'signature-algorithm': 'SHA256withRSA' }
        await putFile(directory, metadataPath(digest.path), JSON.stringify(metadata))
        await putFile(directory, digest.path, await compressed(Buffer.from(digest.text)))
        const chains = state.chains.map((each) => (each === chain ? behind(chain, digest, end) : each))
        await save({ ...state, chains })
      }
    },
    close: () => undefined,
  }
}

interface Parsed {
  readonly json: string
  readonly time: string
}

/** Records by where CloudTrail would have delivered them. */
async function byHome(
  records: readonly SentRecord[],
): Promise<readonly (readonly [Home, readonly Parsed[]])[]> {
  const homes = new Map<string, [Home, Parsed[]]>()
  for (const [at, { json }] of records.entries()) {
    if (at % turnRecords === turnRecords - 1) await setImmediate()
    const { recipientAccountId, awsRegion, eventTime } = JSON.parse(json) as EventRecord
    const home = { account: pathWord(recipientAccountId), region: pathWord(awsRegion) }
    const word = `${home.account}/${home.region}`
    const [, parsed] = homes.get(word) ?? homes.set(word, [home, []]).get(word) ?? []
    parsed?.push({ json, time: eventTime })
  }
  return [...homes.values()]
}

/** Both are words of ours; whatever else a journal may hold one day, it leads to no other directory. */
function pathWord(value: unknown): string {
  return String(value).replaceAll(/[^\w-]/g, '_')
}

/** Writes one log file. */
async function deliver(
  directory: string,
  home: Home,
  { records, end, at }: Omit<Shipment, 'records'> & { readonly records: readonly Parsed[] },
): Promise<LogFile> {
  // From the line it ends with: taken again, it is the same file.
  const letters = hash('sha256', `${home.account}/${home.region}/${end.hash}`, 'base64').replaceAll(/\W/g, '')
  const path = logFilePath(home, at, letters.slice(0, 16))
  const content = Buffer.from(`{"Records":[${records.map(({ json }) => json).join(',')}]}`)
  await putFile(directory, path, await compressed(content))
  const times = records.map(({ time }) => time).sort()
  const [oldestEventTime = '', newestEventTime = ''] = [times[0], times.at(-1)]
  return { path, hashValue: hash('sha256', content, 'hex'), oldestEventTime, newestEventTime, at }
}

function withLogFile(
  chains: readonly DigestChain[],
  { account, region }: Home,
  file: LogFile,
): readonly DigestChain[] {
  const known = chains.find((chain) => chain.account === account && chain.region === region)
  if (known === undefined) return [...chains, { account, region, since: file.at, logFiles: [file] }]
  const added = { ...known, logFiles: [...known.logFiles, file] }
  return chains.map((chain) => (chain === known ? added : chain))
}

async function putFile(directory: string, path: string, content: string | Uint8Array): Promise<void> {
  const whole = join(directory, path)
  await makeDirectory(dirname(whole))
  await replaceFile(whole, content)
}

function publicKeys({ publicKey, fingerprint }: DigestKey): string {
  return `${JSON.stringify({ PublicKeyList: [{ Value: publicKey, Fingerprint: fingerprint }] }, null, 2)}\n`
}

/** @throws CannotStart for what is not as it was written: chains begun anew in silence would hide what is missing */
async function readState(path: string): Promise<State> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return undefined
    throw cause
  })
  if (text === undefined) return { chains: [] }
  try {
    return JSON.parse(text) as State
  } catch (cause) {
    throw new CannotStart(
      `${path} was damaged, and the digests cannot be gone on with: restore it, or remove it to begin new ones`,
      { cause },
    )
  }
}
