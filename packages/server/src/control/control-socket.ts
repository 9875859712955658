import { chmod, mkdtemp, rename, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { CannotStart } from '../base/cannot-start.ts'
import { controlPath, sayable, tooLong } from './control-path.ts'

/** A question as it comes in, and what answers it. What is thrown is shown to nobody but told to `onBug`. */
export interface ControlSettings {
  readonly dataDir: string
  readonly answer: (question: Readonly<Record<string, unknown>>) => Promise<object>
  readonly onBug: (cause: unknown) => void
}

export interface ControlSocket {
  close(): Promise<void>
}

/** Questions are short, and asked at once. */
const lineCharactersMost = 4096
const idleMs = 10_000

/**
 * Opens the socket by which whoever may read the data directory asks the running service: one JSON object per line
 * each way. It is made where nobody else can reach it and then moved into place, so at no moment does it stand there
 * with wider permissions, and one that a crash left behind is simply replaced.
 *
 * @throws CannotStart when there can be no socket there
 */
export async function openControlSocket(settings: ControlSettings): Promise<ControlSocket> {
  const { dataDir } = settings
  const path = sayable(controlPath(dataDir))
  if (path === undefined) throw new CannotStart(tooLong(dataDir))
  const connections = new Set<Socket>()
  const server = createServer((socket) => {
    connections.add(socket)
    socket.on('close', () => connections.delete(socket))
    converse(socket, settings)
  })
  await bindPrivately(server, path, dataDir).catch((cause: NodeJS.ErrnoException) => {
    throw new CannotStart(`${controlPath(dataDir)} cannot be made (${cause.code})`, { cause })
  })
  return {
    async close() {
      await rm(path, { force: true })
      for (const socket of connections) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function bindPrivately(server: Server, path: string, dataDir: string): Promise<void> {
  // Its name is no longer than the socket's own, so what can be said of that can be said of this.
  const directory = await mkdtemp(join(sayable(dataDir) ?? dataDir, 'c-'))
  try {
    const draft = join(directory, 's')
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(draft, resolve)
    })
    await chmod(draft, 0o600)
    await rename(draft, path)
  } catch (cause) {
    server.close()
    throw cause
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

function converse(socket: Socket, settings: ControlSettings): void {
  let unread = ''
  let turn = Promise.resolve()
  socket.setEncoding('utf8')
  socket.setTimeout(idleMs, () => socket.destroy())
  // Who asks may go before the answer comes; that concerns nobody.
  socket.on('error', () => socket.destroy())
  socket.on('data', (text: string) => {
    const lines = (unread + text).split('\n')
    unread = lines.pop() ?? ''
    if (unread.length > lineCharactersMost) socket.destroy()
    for (const line of lines) turn = turn.then(() => reply(socket, line, settings))
  })
}

async function reply(socket: Socket, line: string, { answer, onBug }: ControlSettings): Promise<void> {
  const told = await answerTo(line, answer).catch((cause: unknown) => {
    onBug(cause)
    return { error: 'the service could not answer; its log says why' }
  })
  if (!socket.destroyed) socket.write(`${JSON.stringify(told)}\n`)
}

async function answerTo(line: string, answer: ControlSettings['answer']): Promise<object> {
  let question: unknown
  try {
    question = JSON.parse(line)
  } catch {
    return { error: 'the question is not JSON' }
  }
  if (typeof question !== 'object' || question === null || Array.isArray(question)) {
    return { error: 'the question is not an object' }
  }
  return answer(question as Readonly<Record<string, unknown>>)
}
