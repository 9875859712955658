import { type CanonicalParts, canonicalPath, canonicalQuery, collapseSpaces } from './canonical.ts'

/** One thing that differs between requests, and where it stands. */
interface Piece {
  /** What it was made from. */
  said: string
  start: number
  length: number
}

/**
 * Canonical requests as bytes to be hashed, for requests that sign the same headers. Each is written over the one before,
 * and of that only what is another: a client's requests differ in little. What comes out is what `canonicalRequest` says.
 */
export class CanonicalBytes {
  readonly #signedHeaders: readonly string[]
  readonly #values: readonly Piece[]
  readonly #method: Piece
  readonly #path: Piece
  readonly #query: Piece
  readonly #bodyHash: Piece
  /** All pieces, in their order. */
  readonly #pieces: readonly Piece[]
  #room: Buffer
  #bytes: Buffer

  constructor(signedHeaders: readonly string[]) {
    this.#signedHeaders = signedHeaders
    const pieces: Piece[] = []
    let between = ''
    const pieceAfter = (text: string) => {
      between += text
      const piece = { said: '', start: between.length, length: 0 }
      pieces.push(piece)
      return piece
    }
    this.#method = pieceAfter('')
    this.#path = pieceAfter('\n')
    this.#query = pieceAfter('\n')
    this.#values = signedHeaders.map((name) => pieceAfter(`\n${name}:`))
    this.#bodyHash = pieceAfter(`\n\n${signedHeaders.join(';')}\n`)
    this.#pieces = pieces
    this.#room = Buffer.from(between, 'latin1')
    this.#bytes = this.#room
  }

  /** @returns bytes that are good until the next are written; undefined when a header that was signed is not there */
  write({
    method,
    path,
    query,
    headers,
    bodyHash,
    pathForm,
  }: Omit<CanonicalParts, 'signedHeaders'>): Uint8Array | undefined {
    let index = 0
    for (const piece of this.#values) {
      const value = headers.get(this.#signedHeaders[index] ?? '')
      if (value === undefined) return undefined
      if (value !== piece.said) this.#put(piece, value, collapseSpaces(value))
      index += 1
    }
    const signedPath = pathForm === 'as-sent' ? path : canonicalPath(path)
    const signedQuery = canonicalQuery(query)
    if (method !== this.#method.said) this.#put(this.#method, method, method)
    if (signedPath !== this.#path.said) this.#put(this.#path, signedPath, signedPath)
    if (signedQuery !== this.#query.said) this.#put(this.#query, signedQuery, signedQuery)
    if (bodyHash !== this.#bodyHash.said) this.#put(this.#bodyHash, bodyHash, bodyHash)
    return this.#bytes
  }

  #put(piece: Piece, said: string, text: string): void {
    if (text.length !== piece.length) this.#resize(piece, text.length)
    this.#bytes.write(text, piece.start, text.length, 'latin1')
    piece.said = said
  }

  /** Makes a piece longer or shorter, and moves what is behind it. */
  #resize(piece: Piece, length: number): void {
    const more = length - piece.length
    const [oldEnd, oldLength] = [piece.start + piece.length, this.#bytes.length]
    if (oldLength + more > this.#room.length) {
      const larger = Buffer.allocUnsafeSlow((oldLength + more) * 2)
      this.#bytes.copy(larger)
      this.#room = larger
    }
    this.#room.copyWithin(oldEnd + more, oldEnd, oldLength)
    this.#bytes = this.#room.subarray(0, oldLength + more)
    piece.length = length
    for (const later of this.#pieces.slice(this.#pieces.indexOf(piece) + 1)) later.start += more
  }
}
