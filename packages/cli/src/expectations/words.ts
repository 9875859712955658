/** A word of an expectation, and where in the line it begins. */
export interface Word {
  /** Without its quotes. */
  readonly text: string
  readonly at: number
  /** Whether it was written in quotes from end to end; such a word is a name and never part of the grammar. */
  readonly quoted: boolean
}

/** What is wrong with a line, and where it begins to be. */
export interface LineProblem {
  readonly at: number
  readonly message: string
}

/** A word is made of letters and of texts in quotes, in which spaces and commas are plain; a comma is a word. */
const word = /(?:[^\s",]|"(?:[^"\\]|\\.)*")+|,/y

/** Cuts a line into words. */
export function wordsOf(line: string): Word[] | LineProblem {
  const words: Word[] = []
  for (let at = 0; at < line.length; at = word.lastIndex) {
    while (/\s/.test(line.charAt(at))) at++
    if (at === line.length) break
    word.lastIndex = at
    const written = word.exec(line)?.[0]
    if (written === undefined) return { at, message: 'the text in quotes does not end' }
    const quoted = /^"(?:[^"\\]|\\.)*"$/.test(written)
    words.push({ text: written.replaceAll(/"((?:[^"\\]|\\.)*)"/g, unquoted), at, quoted })
  }
  return words
}

function unquoted(_: string, inner: string): string {
  return inner.replaceAll(/\\(.)/g, '$1')
}
