import type { Writable } from 'node:stream'
import { styleText } from 'node:util'

/**
 * The rules of our output. Data goes to stdout, everything said to a person to stderr. An error is one lower-case
 * sentence; where we know what to do about it, a `hint:` line follows. Colour only where somebody looks at it.
 */

export function say(stream: Writable, ...lines: readonly string[]): void {
  stream.write(`${lines.join('\n')}\n`)
}

export function sayError(stream: Writable, sentence: string, hint?: string): void {
  say(stream, `${paint(stream, 'red', 'claviger:')} ${sentence}`)
  if (hint !== undefined) say(stream, `${paint(stream, 'dim', 'hint:')} ${hint}`)
}

export function paint(
  stream: Writable,
  style: 'red' | 'green' | 'yellow' | 'dim' | 'bold',
  words: string,
): string {
  return styleText(style, words, { stream, validateStream: true })
}

/**
 * Text that others wrote, for a terminal: what would move the cursor there, or change the order in which letters are
 * read, is shown as its code. JSON stays the same JSON.
 */
export function harmless(text: string): string {
  return text.replace(stirring, (found) =>
    Array.from({ length: found.length }, (_, at) => {
      return `\\u${found.charCodeAt(at).toString(16).padStart(4, '0')}`
    }).join(''),
  )
}

/** Controls, of ASCII and those above it, formats and breaks of lines. */
export const stirring = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** Two columns, the second starting where the widest of the first allows. */
export function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)
}

/** A line with the colour of the mark it begins with, if it has one. */
export function paintMark(stream: Writable, line: string): string {
  return line.replace(/^(\s*)([✓✗])/, (_, space: string, mark: string) => {
    return `${space}${paint(stream, mark === '✓' ? 'green' : 'red', mark)}`
  })
}

/** How wide the terminal is; nothing where no terminal is written to, or one too narrow to lay lines out for. */
export function widthOf(stream: Writable): { width?: number } {
  const width = 'columns' in stream && typeof stream.columns === 'number' ? stream.columns : 0
  return width < narrowest ? {} : { width }
}

const narrowest = 60
