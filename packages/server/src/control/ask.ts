import { stat } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { CannotStart } from '../base/cannot-start.ts'
import { controlPath, sayable, tooLong } from './control-path.ts'
import type { ServiceAnswer, ServiceListing } from './services.ts'
import type { Whereabouts } from './whereabouts.ts'
import type { WhyAnswer } from './why.ts'

/** That nobody answers in a data directory: there is no service running on it. */
export class NotRunning extends Error {
  override readonly name = 'NotRunning'
}

/**
 * Asks the service that runs on a data directory why a request was denied.
 *
 * @throws NotRunning, or CannotStart when it cannot be asked or does not know the answer
 */
export async function askWhy(dataDir: string, requestId: string): Promise<WhyAnswer> {
  return (await answerTo(dataDir, { ask: 'why', requestId })) as WhyAnswer
}

/** Has the service that runs on a data directory give another service credentials. @throws as above */
export async function addService(dataDir: string, service: string): Promise<ServiceAnswer> {
  return (await answerTo(dataDir, { ask: 'addService', service })) as ServiceAnswer
}

/** Ends a service's credentials, all of them or one. @throws as above */
export async function removeService(
  dataDir: string,
  service: string,
  accessKeyId?: string,
): Promise<ServiceAnswer> {
  return (await answerTo(dataDir, { ask: 'removeService', service, accessKeyId })) as ServiceAnswer
}

/** The services that are registered. @throws as above */
export async function listServices(dataDir: string): Promise<readonly ServiceListing[]> {
  return (await answerTo(dataDir, { ask: 'listServices' })) as readonly ServiceListing[]
}

/** Where the service that runs on a data directory is called. @throws as above */
export async function askWhere(dataDir: string): Promise<Whereabouts> {
  return (await answerTo(dataDir, { ask: 'where' })) as Whereabouts
}

async function answerTo(dataDir: string, question: object): Promise<unknown> {
  const told = await ask(dataDir, question)
  if ('answer' in told) return told.answer
  throw new CannotStart('error' in told ? String(told.error) : 'the service gave no answer')
}

async function ask(dataDir: string, question: object): Promise<object> {
  const path = sayable(controlPath(dataDir))
  if (path === undefined) throw new CannotStart(tooLong(dataDir))
  await requireTrusted(dataDir)
  const line = await firstLine(path, `${JSON.stringify(question)}\n`).catch(
    (cause: NodeJS.ErrnoException) => {
      if (['ENOENT', 'ECONNREFUSED', 'ENOTDIR'].includes(cause.code ?? '')) {
        throw new NotRunning(`no service is running on ${dataDir}`)
      }
      const reason = cause.code === 'EACCES' ? 'it belongs to another user' : (cause.code ?? cause.message)
      throw new CannotStart(`the service on ${dataDir} cannot be asked: ${reason}`, { cause })
    },
  )
  return JSON.parse(line) as object
}

/**
 * Whoever answers says where credentials are sent and which file they are read from. In a directory that somebody else
 * made, as anybody can in a shared one, that is not the service one meant.
 */
async function requireTrusted(dataDir: string): Promise<void> {
  const own = process.getuid?.()
  for (const path of [dataDir, controlPath(dataDir)]) {
    // What is not there, or cannot be looked at, is said when it is connected to.
    const { uid } = (await stat(path).catch(() => undefined)) ?? {}
    if (own === undefined || uid === undefined || uid === 0 || uid === own) continue
    throw new CannotStart(
      `the service on ${dataDir} is not asked: ${path} belongs to the user with id ${uid}; ask it as that user`,
    )
  }
}

function firstLine(path: string, question: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let read = ''
    const socket = createConnection(path, () => socket.write(question))
    socket.setEncoding('utf8')
    socket.on('data', (text: string) => {
      read += text
      const end = read.indexOf('\n')
      if (end < 0) return
      resolve(read.slice(0, end))
      socket.destroy()
    })
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('it ended before it answered')))
  })
}
