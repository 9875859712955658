import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import { emptyDirectory, running } from '../crash/process.ts'
import { printed, type Wanted } from './client.ts'

/** The AWS CLI, with which people and their scripts work in a shell, and OpenSSL beside it. */

export const awsCli: Wanted = {
  name: 'the AWS CLI',
  programs: ['/usr/bin/aws', 'aws'],
  version: ['--version'],
  // Prints the input of an operation, and calls nobody.
  knows: (operation) => ['kms', operation, '--generate-cli-skeleton'],
  debianPackage: 'awscli',
}

/** The CLI in the hands of somebody with credentials. */
export interface Shell {
  /** What a command prints that must succeed. */
  says(...words: readonly string[]): Promise<string>
  /** The same, as JSON. */
  shows(...words: readonly string[]): Promise<Readonly<Record<string, unknown>>>
  /** What a command prints that must fail. */
  fails(...words: readonly string[]): Promise<string>
}

/** Somebody at a desk: a running service, a directory, and a shell per profile of a credentials file. */
export interface Desk {
  readonly root: Shell
  /** The credentials file that the service's first start wrote. */
  readonly credentials: string
  as(credentialsFile: string, profile: string): Shell
  /** A shell that finds the service, and who it is there, in a configuration file alone. */
  configured(configFile: string, profile: string): Shell
  /** Where the service listens. */
  readonly url: string
  /** Puts a file into the directory, and says where it is. */
  file(name: string, content: string | Uint8Array): Promise<string>
  /** Runs OpenSSL in the directory. */
  openssl(...words: readonly string[]): Promise<string>
}

/** Starts a service, and sits down before it with the CLI. */
export async function deskOf(program: string, { flags = [] }: { flags?: readonly string[] } = {}) {
  const directory = await emptyDirectory()
  const service = await running({ dataDir: join(directory, 'data'), environment: {}, flags })
  const as = (credentialsFile: string, profile: string) =>
    shell((words) =>
      printed(program, ['--endpoint-url', service.url, ...words], {
        HOME: directory,
        AWS_SHARED_CREDENTIALS_FILE: credentialsFile,
        AWS_PROFILE: profile,
      }),
    )
  const configured = (configFile: string, profile: string) =>
    shell((words) =>
      printed(program, words, { HOME: directory, AWS_CONFIG_FILE: configFile, AWS_PROFILE: profile }),
    )
  const credentials = join(directory, 'data', 'credentials')
  const desk: Desk = {
    root: as(credentials, 'claviger'),
    credentials,
    as,
    configured,
    url: service.url,
    async file(name, content) {
      await writeFile(join(directory, name), content)
      return join(directory, name)
    },
    async openssl(...words) {
      const { stdout } = await promisify(execFile)('openssl', [...words], { cwd: directory })
      return stdout.trim()
    },
  }
  return desk
}

function shell(aws: (words: readonly string[]) => ReturnType<typeof printed>): Shell {
  const says = async (...words: readonly string[]) => {
    const { code, stdout, stderr } = await aws(words)
    expect([code, stderr], words.join(' ')).toEqual([0, ''])
    return stdout.trim()
  }
  return {
    says,
    shows: async (...words) => JSON.parse(await says(...words, '--output', 'json')),
    async fails(...words) {
      const { code, stderr } = await aws(words)
      expect(code, words.join(' ')).toBeGreaterThan(0)
      return stderr.trim()
    },
  }
}

/** Flags that have the CLI print one member of an answer, as plain text. */
export const text = (query: string) => ['--query', query, '--output', 'text']

/** The bytes that the CLI printed as base64. */
export const bytesOf = (printed: string) => Buffer.from(printed, 'base64')
