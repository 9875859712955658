/**
 * Cuts a stream of text into the texts of its cases: one JSON document `{"cases": [ … ]}`, or JSON Lines. Which of
 * them it is shows in the first line; in both, no more is held than what belongs to the case at hand.
 */
export async function* caseTexts(chunks: AsyncIterable<string>): AsyncGenerator<string, void> {
  const source = new Source(chunks)
  if (await source.isLines()) yield* source.lines()
  else yield* source.elements()
}

/** What can be said of a file that is neither of the two. */
export class NoCases extends Error {
  override readonly name = 'NoCases'
}

/** The text that has come and was not yet used. */
class Source {
  readonly #chunks: AsyncIterator<string>
  #text = ''

  constructor(chunks: AsyncIterable<string>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  /** Reads on; false at the end. */
  async #more(): Promise<boolean> {
    const { done, value } = await this.#chunks.next()
    if (done) return false
    this.#text += value
    return true
  }

  /**
   * A first line that closes what it opens is a case, unless it has the list of them; and so is one that breaks
   * off within a text, which is a broken case and no document.
   */
  async isLines(): Promise<boolean> {
    const scan = new Scan()
    for (let at = 0; ; at++) {
      if (at === this.#text.length && !(await this.#more())) return scan.started
      scan.take(this.#text.charCodeAt(at))
      if (scan.opensCases(this.#text, at)) return false
      if (scan.started && scan.depth === 0) return true
      if (scan.started && this.#text[at] === '\n') return scan.inText
    }
  }

  async *lines(): AsyncGenerator<string, void> {
    do {
      let from = 0
      for (let end = this.#text.indexOf('\n'); end !== -1; end = this.#text.indexOf('\n', from)) {
        const line = this.#text.slice(from, end)
        from = end + 1
        if (line.trim() !== '') yield line
      }
      this.#text = this.#text.slice(from)
    } while (await this.#more())
    if (this.#text.trim() !== '') yield this.#text
  }

  /** The elements of the list `cases`, wherever among the members of the document it stands. */
  async *elements(): AsyncGenerator<string, void> {
    const scan = new Scan()
    let [at, from] = [0, 0]
    let place: 'before' | 'within' | 'behind' = 'before'
    do {
      for (; at < this.#text.length; at++) {
        const code = this.#text.charCodeAt(at)
        scan.take(code)
        if (place === 'before' && scan.opensCases(this.#text, at)) {
          place = 'within'
          from = at + 1
        } else if (place === 'within' && (scan.depth === 1 || scan.isBetween(code))) {
          const text = this.#text.slice(from, at)
          if (text.trim() !== '') yield text
          from = at + 1
          place = scan.depth === 1 ? 'behind' : 'within'
        }
      }
      // Outside the list no more is needed than the name that may stand before it.
      const used = place === 'within' ? from : Math.max(0, at - nameLengthMost)
      this.#text = this.#text.slice(used)
      at -= used
      from -= used
    } while (await this.#more())
    if (place === 'before') throw new NoCases('it is neither JSON Lines nor a document with a list `cases`')
    if (scan.depth > 0) throw new NoCases('it ends in the middle of the document')
  }
}

/** How far back the name `cases` is looked for, from the bracket that opens its list. */
const nameLengthMost = 64

/** Where in a JSON text the last character was, as far as brackets and quotes tell. */
class Scan {
  depth = 0
  started = false
  inText = false
  #escaped = false

  take(code: number): void {
    if (this.inText) {
      if (this.#escaped) this.#escaped = false
      else if (code === backslash) this.#escaped = true
      else if (code === quote) this.inText = false
    } else if (code === quote) {
      this.inText = true
    } else if (code === openBrace || code === openBracket) {
      this.depth++
      this.started = true
    } else if (code === closeBrace || code === closeBracket) {
      this.depth--
    }
  }

  /** Whether the character just taken opens the list of cases. */
  opensCases(text: string, at: number): boolean {
    if (this.depth !== 2 || this.inText || text.charCodeAt(at) !== openBracket) return false
    return /"cases"\s*:\s*$/.test(text.slice(Math.max(0, at - nameLengthMost), at))
  }

  /** Whether the character just taken stands between two elements of the list. */
  isBetween(code: number): boolean {
    return code === comma && this.depth === 2 && !this.inText
  }
}

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c]
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d]
