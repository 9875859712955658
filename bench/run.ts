import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { auditBars, barsOf } from './bars.ts'
import { furnish } from './furnish.ts'
import { startLoad } from './load-process.ts'
import { chosen, loadsOf, loadsOfEndpoint } from './loads.ts'
import { type Measured, measure } from './measure.ts'
import { type AuditTime, measureAudit } from './measure-audit.ts'
import { type KeyUseTime, measureKeyUses } from './measure-key-uses.ts'
import { measureLookups } from './measure-lookups.ts'
import { type Options, readOptions } from './options.ts'
import { openEndpoint } from './other-endpoint.ts'
import { measureOverload, type Overload } from './overload.ts'
import { startServer } from './server-process.ts'
import {
  auditTable,
  barTable,
  decisionTable,
  keyUseTable,
  loadTable,
  lookupTable,
  machine,
  overloadTable,
  stepTable,
  warnings,
} from './table.ts'
import { timeDecisions } from './time-decisions.ts'
import { timeSteps } from './time-steps.ts'

/**
 * `npm run bench`: how fast decisions and calls are, beside a floor measured in the same minutes. How to read what
 * comes out is in docs/benchmarks.md.
 */

const root = {
  accessKeyId: 'AKIABENCHMARKROOT',
  secretAccessKey: 'a-secret-of-the-benchmark-and-nobody-else',
}

/** Linux's number for a file system in memory, where a sync costs nothing. */
const tmpfs = 0x01021994

const options = readOptions(process.argv.slice(2))
// Ending by a signal runs what is to be done at the exit: ending the servers, removing their data.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

const decisions = ['', 'decisions'].includes(options.only) ? timeDecisions() : []
const steps = ['', 'steps'].includes(options.only) ? await timeSteps() : []
const nothing: Figures = { loads: [], keyUses: [], overloads: [], audits: [] }
const isWithoutService = ['decisions', 'lookups', 'steps'].includes(options.only)
const { loads, keyUses, overloads, audits } = isWithoutService ? nothing : await measureService(options)
const lookups = ['', 'lookups'].includes(options.only) ? await measureLookups(temporaryDirectory()) : []
process.stdout.write(options.json ? json() : tables())
if (options.output !== undefined) writeFileSync(options.output, json())
process.exit(0)

interface Figures {
  readonly loads: readonly Measured[]
  readonly keyUses: readonly KeyUseTime[]
  readonly overloads: readonly Overload[]
  readonly audits: readonly AuditTime[]
}

async function measureService(wanted: Options): Promise<Figures> {
  const dataDir = temporaryDirectory()
  // What --endpoint got wrong should be said before anything is started.
  const other =
    wanted.endpoint === undefined ? undefined : await openEndpoint(wanted.endpoint, process.env).catch(stop)
  const profiling = profilingEnvironment(wanted)
  const claviger = await startServer(
    [
      `${import.meta.dirname}/../packages/cli/bin/claviger.js`,
      'serve',
      '--listen',
      '127.0.0.1:0',
      '--data-dir',
      dataDir,
    ],
    {
      CLAVIGER_LOG_LEVEL: 'warn',
      CLAVIGER_ROOT_ACCESS_KEY_ID: root.accessKeyId,
      CLAVIGER_ROOT_SECRET_ACCESS_KEY: root.secretAccessKey,
      ...profiling,
    },
  )
  const furnished = await furnish(`http://${claviger.host}:${claviger.port}`, root)
  const floor = await startServer(
    [`${import.meta.dirname}/floor.ts`, String(furnished.answerBytes)],
    profiling,
  )
  const generator = startLoad()
  const own = loadsOf({ floor, claviger }, { ...furnished, root })
  const all = [...own, ...(other === undefined ? [] : loadsOfEndpoint(other))]
  const isOverload = wanted.only === 'overload'
  const measured = isOverload ? [] : await measure(chosen(all, wanted.only), generator, wanted)
  const times = isOverload ? [] : await measureKeyUses(claviger, root, { generator, options: wanted })
  const overloads: Overload[] = []
  for (const load of isOverload ? chosen(all, 'Encrypt') : []) {
    if (!/^Encrypt (by a user|at .*)$/.test(load.name)) continue
    overloads.push(await measureOverload(load, generator, wanted.overloadSeconds))
  }
  await other?.leave()
  await claviger.stop()
  const ground = { directory: dataDir, root, floor, generator, options: wanted }
  const audits = ['', 'audit'].includes(wanted.only) ? await measureAudit(ground) : []
  generator.stop()
  await floor.stop()
  return { loads: measured, keyUses: times, overloads, audits }
}

/** Has the servers leave CPU profiles when they end. */
function profilingEnvironment({ profile }: Options): Readonly<Record<string, string>> {
  if (profile === undefined) return {}
  return { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${resolve(profile)}` }
}

function stop(cause: unknown): never {
  process.stderr.write(`bench: ${cause instanceof Error ? cause.message : String(cause)}\n`)
  process.exit(1)
}

function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'claviger-bench-'))
  process.once('exit', () => rmSync(path, { recursive: true, force: true }))
  if (statfsSync(path).type === tmpfs) {
    process.stderr.write(`bench: ${tmpdir()} is in memory, so nothing is durable; set TMPDIR to a disk\n`)
  }
  return path
}

function tables(): string {
  const { rounds, seconds, connections } = options
  return [
    machine(),
    `${rounds} rounds of ${seconds} s each, ${connections} connections; medians of the quiet rounds`,
    ...(decisions.length === 0 ? [] : ['', decisionTable(decisions), '', barTable(barsOf(decisions))]),
    ...(steps.length === 0 ? [] : ['', stepTable(steps)]),
    ...(loads.length === 0 ? [] : ['', loadTable(loads), ...warnings(loads)]),
    ...(overloads.length === 0 ? [] : ['', overloadTable(overloads)]),
    ...(keyUses.length === 0 ? [] : ['', keyUseTable(keyUses)]),
    ...(audits.length === 0 ? [] : ['', auditTable(audits)]),
    ...(lookups.length === 0 ? [] : ['', lookupTable(lookups)]),
    ...(audits.length + lookups.length === 0 ? [] : ['', barTable(auditBars(audits, lookups))]),
    '',
  ].join('\n')
}

function json(): string {
  const { rounds, seconds, connections } = options
  const bars = [...barsOf(decisions), ...auditBars(audits, lookups)]
  const run = { machine: machine(), rounds, seconds, connections }
  const all = { ...run, decisions, bars, steps, loads, keyUses, overloads, audits, lookups }
  return `${JSON.stringify(all, null, 2)}\n`
}
