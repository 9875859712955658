import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** An example as whoever tries it starts it: a process of its own. */
export interface Running {
  readonly url: string
  stop(): Promise<void>
}

/** Starts `examples/<name>/main.ts`, and waits until it says where it listens. */
export async function runExample(
  name: string,
  environment: Readonly<Record<string, string>>,
): Promise<Running> {
  const main = join(import.meta.dirname, '../../../../examples', name, 'main.ts')
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env.PATH, AWS_REGION: 'us-east-1', PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said: string[] = []
  child.stderr.setEncoding('utf8').on('data', (text: string) => said.push(text))
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const [found] = /http:\S+/.exec(text) ?? []
      if (found !== undefined) resolve(found)
    })
    child.once('exit', () => reject(new Error(`${name} ended: ${said.join('')}`)))
  })
  return {
    url,
    async stop() {
      const ended = once(child, 'exit')
      child.kill()
      await ended
    },
  }
}
