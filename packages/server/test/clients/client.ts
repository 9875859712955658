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
  /** Arguments with which it says that it is all there. */
  readonly proof: readonly string[]
  readonly debianPackage: string
}

/** The program of a client, or nothing where it is not installed. */
async function findClient({ programs, proof }: Wanted): Promise<string | undefined> {
  for (const program of programs) {
    if (program.startsWith('/') && !existsSync(program)) continue
    try {
      await run(program, [...proof])
      return program
    } catch {
      // Not this one; perhaps the next.
    }
  }
  return undefined
}

/**
 * A session with a client. Where the client is missing the session is left out, and says so; where everything has to
 * pass (`CI=true`) it fails instead.
 */
export async function session(wanted: Wanted, title: string, tell: (program: string) => Promise<void>) {
  const program = await findClient(wanted)
  const sentence = `${wanted.name} is not installed: apt-get install ${wanted.debianPackage}`
  // Each command of the CLI is a Python to start: a minute on a fast machine.
  if (program !== undefined) test(title, { timeout: 300_000 }, () => tell(program))
  else if (process.env.CI === 'true') {
    test(title, () => {
      throw new Error(sentence)
    })
  } else test.skip(`${title} (${sentence})`)
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
