import type { Writable } from 'node:stream'
import { styleText } from 'node:util'

/** How the tour is printed: who calls what, and what came back, a line or two each. */
export interface Session {
  chapter(title: string): void
  /** A call that goes well. */
  does<T>(who: { readonly name: string }, what: string, call: Promise<T>): Promise<T>
  /** A call that is refused; the tour stops if it is not. */
  isRefused(who: { readonly name: string }, what: string, call: Promise<unknown>): Promise<void>
  remark(words: string): void
  line(words: string): void
}

export function sessionOn(out: Writable): Session {
  const paint = (style: Parameters<typeof styleText>[0], words: string) =>
    styleText(style, words, { stream: out, validateStream: true })
  const line = (words: string) => void out.write(`${words}\n`)
  const said = (name: string, mark: string, what: string) => line(`  ${name.padEnd(6)} ${mark} ${what}`)
  let chapters = 0
  return {
    chapter(title) {
      chapters += 1
      line(`${chapters === 1 ? '' : '\n'}${paint('bold', `${chapters}. ${title}`)}\n`)
    },
    async does({ name }, what, call) {
      const answer = await call
      said(name, paint('green', '✓'), what)
      return answer
    },
    async isRefused({ name }, what, call) {
      const error = await call.then(
        () => undefined,
        (thrown: Error) => thrown,
      )
      if (error === undefined) throw new Error(`${name} was not refused: ${what}`)
      said(name, paint('red', '✗'), what)
      for (const part of wrapped(`${error.name}: ${error.message}`, 92))
        line(`           ${paint('dim', part)}`)
    },
    remark: (words) => line(`           ${words}`),
    line: (words) => line(`  ${words}`),
  }
}

function wrapped(words: string, width: number): string[] {
  const lines = ['']
  for (const word of words.split(' ')) {
    const last = lines.at(-1) ?? ''
    if (last !== '' && last.length + word.length + 1 > width) lines.push(word)
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`
  }
  return lines
}
