/** A request that is all there and waits for its turn. */
export interface Waiting {
  /** What it takes up in memory. */
  readonly bytes: number
  start(): void
  /** Tells its sender that nobody has looked into it, and nobody will. */
  refuse(): void
}

/** How much there may be at a time. */
export interface AdmissionLimits {
  /** Requests that are gone into: each takes up memory until it is answered. */
  readonly underWay: number
  /** What those who wait hold together; whoever comes beyond that is refused at once. */
  readonly waitingBytes: number
}

/** How long requests may wait before they are refused, in milliseconds: most who send them wait longer than that. */
const waitMsMost = 1000
/** From which wait on those who came last go first: of them most can still be answered soon, of the others few. */
const standingMs = 500
/** How long one turn of the event loop works on requests, before it looks who else has come. */
const turnMs = 20
/** How many are refused in a turn, so that refusing takes no more than a small part of it. */
const refusalsMost = 200
/** How soon is looked again after those who have waited too long, while nobody else can go in. */
const againMs = 50

/**
 * Decides which requests are gone into when more come than can be answered. As long as nobody waits, everybody goes in
 * at once. Beyond that they wait in line here, before anything dear is done for them, and are refused when they have waited
 * too long. They are not refused sooner: whoever waits for an answer sends nothing else meanwhile, and whoever is refused
 * comes back, so that quick refusals would have the service do little else. When the line no longer empties, it is
 * turned round: better to answer some soon and refuse the others than to answer everybody late.
 *
 * Nothing here asks who sent a request: that would have to be believed before it was proven.
 */
export class Admission {
  readonly #stopwatch: () => number
  readonly #most: AdmissionLimits
  #underWay = 0
  #refused = 0
  #turnStart = 0
  #isInTurn = false
  #isDraining = false
  #line: { readonly since: number; readonly waiting: Waiting }[] = []
  /** Where the line begins: what is before it has gone. */
  #first = 0
  #bytes = 0

  /**
   * @param stopwatch milliseconds that only ever grow
   */
  constructor(stopwatch: () => number, most: AdmissionLimits) {
    this.#stopwatch = stopwatch
    this.#most = most
  }

  /** Whether a request that has come goes in at once. If so `done` must be told in the end, and else it must `wait`. */
  admit(): boolean {
    const now = this.#stopwatch()
    if (!this.#isInTurn) this.#beginTurn(now)
    if (this.#length > 0 || this.#underWay >= this.#most.underWay || now - this.#turnStart > turnMs)
      return false
    this.#underWay += 1
    return true
  }

  /** Puts a request in line. When it is started, `done` must be told in the end. */
  wait(waiting: Waiting): void {
    if (this.#bytes + waiting.bytes > this.#most.waitingBytes) {
      this.#refuse(waiting)
      return
    }
    this.#bytes += waiting.bytes
    this.#line.push({ since: this.#stopwatch(), waiting })
    this.#drainSoon()
  }

  done(): void {
    this.#underWay -= 1
    if (this.#length > 0) this.#drainSoon()
  }

  /** How many were refused since this was last asked. */
  takeRefused(): number {
    const refused = this.#refused
    this.#refused = 0
    return refused
  }

  get #length(): number {
    return this.#line.length - this.#first
  }

  #beginTurn(now: number): void {
    this.#isInTurn = true
    this.#turnStart = now
    setImmediate(() => {
      this.#isInTurn = false
    })
  }

  #drainSoon(): void {
    if (this.#isDraining) return
    this.#isDraining = true
    if (this.#underWay < this.#most.underWay) setImmediate(() => this.#drain())
    else setTimeout(() => this.#drain(), againMs)
  }

  #drain(): void {
    this.#isDraining = false
    const begin = this.#stopwatch()
    let now = begin
    for (let count = 0; count < refusalsMost && now - this.#oldest() > waitMsMost; count += 1) {
      this.#refuse(this.#takeFirst())
    }
    while (this.#length > 0 && this.#underWay < this.#most.underWay && now - begin <= turnMs) {
      const waiting = now - this.#oldest() > standingMs ? this.#takeLast() : this.#takeFirst()
      this.#underWay += 1
      waiting?.start()
      now = this.#stopwatch()
    }
    if (this.#length > 0) this.#drainSoon()
  }

  #oldest(): number {
    return this.#line[this.#first]?.since ?? Number.POSITIVE_INFINITY
  }

  #takeFirst(): Waiting | undefined {
    const waiting = this.#line[this.#first]?.waiting
    this.#first += 1
    // What has gone is cut off when it is half of the line: so each is moved once or twice, and not every time.
    if (this.#first * 2 > this.#line.length) this.#cut()
    return this.#left(waiting)
  }

  #takeLast(): Waiting | undefined {
    return this.#left(this.#line.pop()?.waiting)
  }

  #cut(): void {
    this.#line = this.#line.slice(this.#first)
    this.#first = 0
  }

  #left(waiting: Waiting | undefined): Waiting | undefined {
    if (this.#length === 0) this.#cut()
    this.#bytes -= waiting?.bytes ?? 0
    return waiting
  }

  #refuse(waiting: Waiting | undefined): void {
    this.#refused += 1
    waiting?.refuse()
  }
}
