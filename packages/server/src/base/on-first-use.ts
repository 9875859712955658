import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/**
 * A package that most installations never ask for anything: loaded when something first does, at once and not later,
 * so that whoever needs it need not wait for it. Loading one costs some ten milliseconds of every start, and megabytes.
 */
export function onFirstUse<Package>(name: string): () => Package {
  let loaded: Package | undefined
  return () => {
    loaded ??= require(name) as Package
    return loaded
  }
}
