import type { Writable } from 'node:stream'
import type { Sink } from './sink.ts'

/** Records as lines of JSON on the standard output, for whatever collects that. Whoever stops reading it stops only this. */
export function stdoutSink(output: Writable): Sink {
  let broken: Error | undefined
  // Without a listener, a reader that went away would end the process.
  output.on('error', (error) => {
    broken = error
  })
  return {
    name: 'stdout:',
    recordsMost: 1000,
    bytesMost: 1 << 20,
    restMs: 100,
    take: ({ records }) =>
      new Promise((resolve, reject) => {
        if (broken !== undefined) reject(broken)
        else
          output.write(`${records.map(({ json }) => json).join('\n')}\n`, (error) =>
            error ? reject(error) : resolve(),
          )
      }),
    // The output is everybody's: it is not ours to end.
    close: () => undefined,
  }
}
