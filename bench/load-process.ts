import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cores, pinned } from './pinning.ts'
import type { Order, Report } from './replay.ts'

/** The load generator's process, which stays warm from one order to the next. */
export interface LoadProcess {
  replay(order: Order): Promise<Report>
  stop(): void
}

export function startLoad(): LoadProcess {
  const [command = '', ...words] = pinned(cores.load, [
    process.execPath,
    '--conditions=source',
    `${import.meta.dirname}/replay.ts`,
  ])
  const child = spawn(command, words, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // Requests are bytes, and JSON would make lists of numbers of them.
    serialization: 'advanced',
  })
  process.once('exit', () => child.kill())
  const ended = once(child, 'exit').then(() => {
    throw new Error('the load generator ended')
  })
  ended.catch(() => undefined)
  return {
    async replay(order) {
      child.send(order)
      const [report] = await Promise.race([once(child, 'message'), ended])
      return report as Report
    },
    stop: () => void child.kill(),
  }
}
