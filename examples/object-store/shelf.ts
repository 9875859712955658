import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Envelope } from './envelope.ts'

/** What is known of an object beside its bytes. */
export interface ObjectHead {
  readonly bucket: string
  readonly key: string
  /** Whose it is: the account of whoever put it there. */
  readonly account: string
  readonly contentType: string
  readonly length: number
  readonly lastModified: string
  readonly etag: string
  readonly envelope: Envelope
}

/** An object as it lies on disk: its bytes are encrypted. */
export interface StoredObject {
  readonly head: ObjectHead
  readonly sealed: Uint8Array
}

/** Objects in a directory, a file for each: a line of JSON and the encrypted bytes. */
export class Shelf {
  readonly #directory: string

  constructor(directory: string) {
    this.#directory = directory
  }

  async put({ head, sealed }: StoredObject): Promise<void> {
    await mkdir(this.#directory, { recursive: true })
    const path = this.#pathOf(head)
    const draft = `${path}.${process.hrtime.bigint()}`
    await writeFile(draft, Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), sealed]))
    await rename(draft, path)
  }

  async find(place: Pick<ObjectHead, 'bucket' | 'key'>): Promise<StoredObject | undefined> {
    const bytes = await readFile(this.#pathOf(place)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
    if (bytes === undefined) return undefined
    const end = bytes.indexOf('\n')
    return { head: JSON.parse(bytes.toString('utf8', 0, end)) as ObjectHead, sealed: bytes.subarray(end + 1) }
  }

  async remove(place: Pick<ObjectHead, 'bucket' | 'key'>): Promise<void> {
    await rm(this.#pathOf(place), { force: true })
  }

  #pathOf({ bucket, key }: Pick<ObjectHead, 'bucket' | 'key'>): string {
    return join(this.#directory, createHash('sha256').update(`${bucket}/${key}`).digest('hex'))
  }
}
