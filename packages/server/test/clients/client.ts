import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import { test } from 'vitest'

/** Clients that are programs of their own, as Debian packages them. */

const run = promisify(execFile)

export interface Wanted {
  readonly name: string
  /** Where Debian puts it, then where else it may be. */
  readonly programs: readonly string[]
  /** Arguments with which it prints its version, and so says that it is all there. */
  readonly version: readonly string[]
  /** Arguments with which it fails unless its own model of AWS KMS has an operation. */
  readonly knows: (operation: string) => readonly string[]
  readonly debianPackage: string
}

interface Client {
  readonly program: string
  readonly version: string
}

/** Every version of a client that is installed: people have old ones and new ones. */
async function findClients({ programs, version }: Wanted): Promise<readonly Client[]> {
  const found = new Map<string, Client>()
  for (const program of programs) {
    if (program.startsWith('/') && !existsSync(program)) continue
    const { code, stdout } = await printed(program, version, {})
    const [name = ''] = stdout.split(/\s/)
    if (code === 0 && !found.has(name)) found.set(name, { program, version: name })
  }
  return [...found.values()]
}

/**
 * A session with a client, once for each version of it that is installed. `needs` are operations that older versions do
 * not know: their sessions are left out, and say so. Where no client is installed the session is left out as well; where
 * everything has to pass (`CI=true`) it fails instead.
 */
export async function session(
  wanted: Wanted,
  title: string,
  tell: (program: string) => Promise<void>,
  { needs = [] }: { needs?: readonly string[] } = {},
) {
  const clients = await findClients(wanted)
  for (const { program, version } of clients) {
    const unknown = await unknownTo(wanted, program, needs)
    // Each command of the CLI is a Python to start: a minute on a fast machine.
    if (unknown.length === 0) test(`${title} (${version})`, { timeout: 300_000 }, () => tell(program))
    else test.skip(`${title} (${version} does not know ${unknown.join(', ')})`)
  }
  if (clients.length > 0) return
  const sentence = `${wanted.name} is not installed: apt-get install ${wanted.debianPackage}`
  if (process.env.CI === 'true') {
    test(title, () => {
      throw new Error(sentence)
    })
  } else test.skip(`${title} (${sentence})`)
}

/** Those operations that a client's own model does not have. */
async function unknownTo({ knows }: Wanted, program: string, operations: readonly string[]) {
  const region = { AWS_DEFAULT_REGION: 'us-east-1' }
  const answers = await Promise.all(
    operations.map(async (operation) => ({
      operation,
      ...(await printed(program, knows(operation), region)),
    })),
  )
  return answers.filter(({ code }) => code !== 0).map(({ operation }) => operation)
}

export interface Printed {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end; failing is an answer too. */
export async function printed(
  program: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Printed> {
  const { PATH = '' } = process.env
  const quiet = { AWS_PAGER: '', AWS_CONFIG_FILE: '/dev/null', AWS_EC2_METADATA_DISABLED: 'true' }
  try {
    const { stdout, stderr } = await run(program, [...args], { env: { PATH, ...quiet, ...environment } })
    return { code: 0, stdout, stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as unknown as Printed
    return { code, stdout, stderr }
  }
}
