/** Lines of a tree, before they are indented and cut. */

/** One line, and how far in it stands. */
export interface Line {
  readonly depth: number
  readonly text: string
  /** JSON and its like stay as they are. */
  readonly verbatim: boolean
}

/** A line of words. */
export function line(text: string): Line {
  return { depth: 0, text, verbatim: false }
}

/** A text of several lines, to be copied from the terminal. */
export function verbatim(text: string): Line[] {
  return text.split('\n').map((one) => ({ depth: 0, text: one, verbatim: true }))
}

/** The same lines one step further in. */
export function nested(lines: readonly Line[]): Line[] {
  return lines.map((one) => ({ ...one, depth: one.depth + 1 }))
}

/** The lines as text, words beyond the width going on below. */
export function written(lines: readonly Line[], width: number | undefined): string[] {
  return lines.flatMap((one) => {
    const indent = '  '.repeat(one.depth)
    const whole = `${indent}${one.text}`
    return width === undefined || one.verbatim ? [whole] : cut(whole, `${indent}    `, width)
  })
}

function cut(text: string, hanging: string, width: number): string[] {
  const lines: string[] = []
  let rest = text
  while (rest.length > width) {
    const start = rest.length - rest.trimStart().length
    const space = rest.lastIndexOf(' ', width)
    // An ARN is longer than a narrow terminal, and cut it could not be copied.
    const end = space > start ? space : rest.indexOf(' ', Math.max(start, width))
    if (end === -1) break
    lines.push(rest.slice(0, end))
    rest = hanging + rest.slice(end + 1)
  }
  return [...lines, rest]
}
