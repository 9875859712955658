import { promisify } from 'node:util'
import { deflateRaw, inflateRaw } from 'node:zlib'

/** Plain data as short text. What is kept of many like things repeats itself, and shrinks to a tenth. */

const deflated = promisify(deflateRaw)
const inflated = promisify(inflateRaw)

export async function pack(value: object): Promise<string> {
  return (await deflated(JSON.stringify(value))).toString('base64')
}

export async function unpack<V extends object>(packed: string): Promise<V> {
  return JSON.parse((await inflated(Buffer.from(packed, 'base64'))).toString()) as V
}
