import { parseArgs } from 'node:util'

export interface Options {
  /** Of each measurement, warm-up not counted. */
  readonly seconds: number
  readonly rounds: number
  readonly connections: number
  /** Measure only what has this in its name; the floor is always measured. */
  readonly only: string
  readonly json: boolean
}

const usage = `Usage: npm run bench -- [options]

  --seconds <n>      how long each measurement takes (default 1)
  --rounds <n>       how often everything is measured (default 5)
  --connections <n>  keep-alive connections, one request in flight on each (default 64)
  --only <text>      only what has this in its name: Encrypt, user, Sign, RSA, decisions,
                     audit, lookups
  --json             every sample, for machines
`

/** What was typed; ends the process with a sentence where that makes no sense. */
export function readOptions(words: readonly string[]): Options {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: {
        seconds: { type: 'string', default: '1' },
        rounds: { type: 'string', default: '5' },
        connections: { type: 'string', default: '64' },
        only: { type: 'string', default: '' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) stop(0, usage)
    return {
      seconds: positive('seconds', values.seconds),
      rounds: Math.ceil(positive('rounds', values.rounds)),
      connections: Math.ceil(positive('connections', values.connections)),
      only: values.only,
      json: values.json,
    }
  } catch (error) {
    return stop(2, `bench: ${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
  }
}

function positive(name: string, text: string): number {
  const value = Number(text)
  if (!(value > 0)) throw new Error(`--${name} is a number above zero, not \`${text}\``)
  return value
}

function stop(code: number, text: string): never {
  process.stderr.write(text)
  process.exit(code)
}
