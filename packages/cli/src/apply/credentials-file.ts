import { constants } from 'node:fs'
import { open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { CannotApply } from './cannot-apply.ts'
import type { Credentials } from './clients.ts'

/** The credentials of a profile in a file as AWS clients keep it; nothing where file or profile is not there. */
export async function readProfile(path: string, profile: string): Promise<Credentials | undefined> {
  const text = await textOf(path)
  const lines = sectionsOf(text ?? '').find(({ name }) => name === profile)?.lines ?? []
  const textNamed = (name: string) =>
    lines
      .map((line) => /^\s*([^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [])
      .find(([, member]) => member === name)?.[2]
  const accessKeyId = textNamed('aws_access_key_id')
  const secretAccessKey = textNamed('aws_secret_access_key')
  return accessKeyId === undefined || secretAccessKey === undefined
    ? undefined
    : { accessKeyId, secretAccessKey }
}

/**
 * Makes sure that credentials can be written to a file and that nobody else reads it, before there is a secret that
 * has nowhere to go. @throws CannotApply
 */
export async function requireWritable(path: string): Promise<void> {
  try {
    const file = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600)
    try {
      const { mode } = await file.stat()
      if ((mode & 0o077) !== 0) {
        throw new CannotApply(
          `others may read ${path}, and access keys are to be written there`,
          `chmod 600 ${path}`,
        )
      }
    } finally {
      await file.close()
    }
  } catch (cause) {
    if (cause instanceof CannotApply) throw cause
    throw new CannotApply(`${path} cannot be written (${(cause as NodeJS.ErrnoException).code})`)
  }
}

/** Puts a profile into a file of its own mode, in place of one of that name. On the disk when this returns. */
export async function writeProfile(
  path: string,
  { profile, region, credentials }: { profile: string; region: string; credentials: Credentials },
): Promise<void> {
  const others = sectionsOf((await textOf(path)) ?? '').filter(({ name }) => name !== profile)
  const own = [
    `[${profile}]`,
    `aws_access_key_id = ${credentials.accessKeyId}`,
    `aws_secret_access_key = ${credentials.secretAccessKey}`,
    `region = ${region}`,
  ]
  const blocks = [...others.map(({ written }) => written.trim()), own.join('\n')].filter(
    (block) => block !== '',
  )
  const draft = `${path}.new`
  await rm(draft, { force: true })
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(`${blocks.join('\n\n')}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, path)
  await syncDirectory(dirname(path))
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r')
  try {
    await directory.sync()
  } finally {
    await directory.close()
  }
}

interface Section {
  readonly name: string
  readonly lines: readonly string[]
  readonly written: string
}

/** The file cut before each `[name]`; what stands above the first has no name. */
function sectionsOf(text: string): Section[] {
  return text.split(/^(?=\s*\[)/m).map((written) => ({
    name: /^\s*\[\s*([^\]]*?)\s*\]/.exec(written)?.[1] ?? '',
    lines: written.split('\n').filter((line) => /^\s*[^#;[\s]/.test(line)),
    written,
  }))
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    throw new CannotApply(`${path} cannot be read (${code})`)
  }
}
