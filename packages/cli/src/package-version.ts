import { readFileSync } from 'node:fs'

/** The version of this package, which is the version of everything in it. */
export const version: string = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
).version
