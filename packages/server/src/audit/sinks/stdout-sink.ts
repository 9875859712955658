import { fstatSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Writable } from 'node:stream'
import type { Sink } from './sink.ts'

const standardOutput = 1

/** Records as lines of JSON on the standard output, for whatever collects that. Whoever stops reading it stops only this. */
export function stdoutSink(): Sink {
  const output = openOutput()
  let broken: Error | undefined
  let isWriting = false
  // Without a listener, a reader that went away would end the process.
  output.on('error', (error) => {
    broken = error
  })
  const write = (text: string) =>
    new Promise<void>((resolve, reject) => {
      if (broken === undefined) output.write(text, (error) => (error ? reject(error) : resolve()))
      else reject(broken)
    })
  return {
    name: 'stdout:',
    recordsMost: 1000,
    bytesMost: 1 << 20,
    restMs: 100,
    async take({ records }) {
      isWriting = true
      await write(`${records.map(({ json }) => json).join('\n')}\n`)
      isWriting = false
    },
    // What nobody reads would keep the process from ending.
    close: () => void (isWriting && output.destroy()),
  }
}

/** Node's own stream for it can neither be closed nor given up; where writing may have to wait, we have one of ours. */
function openOutput(): Writable {
  const file = fstatSync(standardOutput)
  const mayWait = file.isFIFO() || file.isSocket()
  return mayWait ? new Socket({ fd: standardOutput, readable: false, writable: true }) : process.stdout
}
