import { parseArgs } from 'node:util'

export interface Options {
  /** Of each measurement, warm-up not counted. */
  readonly seconds: number
  readonly rounds: number
  readonly connections: number
  /** Measure only what has this in its name; the floor is always measured. */
  readonly only: string
  readonly json: boolean
  /** A file for every sample, beside the table. */
  readonly output?: string
  /** Another server to be measured in the same rounds, and what is known of it. */
  readonly endpoint?: { readonly url: string; readonly keyId?: string; readonly pid?: number }
  /** Leave CPU profiles of our servers in this directory. */
  readonly profile?: string
  /** How long the service gets more than it can do. */
  readonly overloadSeconds: number
}

const usage = `Usage: npm run bench -- [options]

  --seconds <n>      how long each measurement takes (default 1)
  --rounds <n>       how often everything is measured (default 5)
  --connections <n>  keep-alive connections, one request in flight on each (default 64)
  --only <text>      only what has this in its name: Encrypt, user, Sign, RSA, decisions, audit,
                     lookups, overload, steps
  --json             every sample, for machines, instead of tables
  --output <file>    the same into a file, beside the tables
  --profile <dir>    leave CPU profiles of the servers there

  --endpoint <url>   measure this server too, in the same rounds: anything that speaks AWS KMS. Credentials are
                     taken from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN and AWS_REGION
  --key-id <id>      a key of that server; without it one is made, and its deletion scheduled in the end
  --pid <number>     its process, where it runs here: then its CPU time is measured as well

  --overload-seconds <n>  how long twice the capacity is sent, with --only overload (default 60)
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
        output: { type: 'string' },
        profile: { type: 'string' },
        endpoint: { type: 'string' },
        'key-id': { type: 'string' },
        pid: { type: 'string' },
        'overload-seconds': { type: 'string', default: '60' },
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
      ...(values.output && { output: values.output }),
      ...(values.profile && { profile: values.profile }),
      ...endpointOf(values),
      overloadSeconds: positive('overload-seconds', values['overload-seconds']),
    }
  } catch (error) {
    return stop(2, `bench: ${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
  }
}

function endpointOf(values: {
  readonly endpoint?: string
  readonly 'key-id'?: string
  readonly pid?: string
}): Pick<Options, 'endpoint'> {
  const { endpoint: url, 'key-id': keyId, pid } = values
  if (url === undefined) {
    if (keyId !== undefined || pid !== undefined)
      throw new Error('--key-id and --pid say of what server: --endpoint')
    return {}
  }
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) throw new Error(`--endpoint is a URL, not \`${url}\``)
  return { endpoint: { url, ...(keyId && { keyId }), ...(pid && { pid: positive('pid', pid) }) } }
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
