import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { cores, pinned } from './pinning.ts'

/** Where a server is, as far as a load needs to know. */
export interface Server {
  readonly host: string
  readonly port: number
  readonly isTls?: boolean
  /** Of a server on this machine: what it uses is measured. */
  readonly pid?: number
}

/** A server that runs as it would for anybody: a process of its own, told apart only by its address. */
export interface ServerProcess extends Server {
  readonly pid: number
  stop(): Promise<void>
}

/** Starts a Node program on the servers' core, and waits until it has printed where it listens. */
export async function startServer(
  program: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const [command = '', ...words] = pinned(cores.server, [process.execPath, ...program])
  const child = spawn(command, words, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  })
  // Whatever ends this process ends the servers too.
  process.once('exit', () => child.kill())
  const { hostname: host, port } = new URL(await printedAddress(child, program))
  return {
    host,
    port: Number(port),
    // `taskset` becomes the program it starts, so this is the server's own.
    pid: child.pid ?? 0,
    async stop() {
      if (child.exitCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

async function printedAddress({ stdout }: ChildProcess, program: readonly string[]): Promise<string> {
  if (stdout !== null) {
    for await (const line of createInterface(stdout)) {
      const address = /http:\/\/[\w.]+:\d+/.exec(line)?.[0]
      if (address === undefined) continue
      stdout.resume()
      return address
    }
  }
  throw new Error(`\`${program.join(' ')}\` ended before it listened`)
}
