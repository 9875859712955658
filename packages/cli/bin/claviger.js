#!/usr/bin/env node
// Finds what to run: the sources in a checkout, the built files in an installed package. Kept to what any Node
// since 12 understands, so that one that is too old can say so.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { fileURLToPath } from 'node:url'

const sources = new URL('../src/main.ts', import.meta.url)
const built = new URL('../dist/main.js', import.meta.url)
const oldest = 24
const inCheckout = existsSync(fileURLToPath(sources))

if (Number(process.versions.node.split('.')[0]) < oldest) {
  const newer = fileURLToPath(new URL('../../../node_modules/.bin/node', import.meta.url))
  if (inCheckout && existsSync(newer)) {
    const { status, signal } = spawnSync(newer, process.argv.slice(1), { stdio: 'inherit' })
    process.exit(signal ? 1 : status)
  }
  process.stderr.write(`claviger: needs Node ${oldest} or later; this is ${process.versions.node}\n`)
  process.exit(3)
}

if (inCheckout) {
  nodeModule.registerHooks({
    resolve: (specifier, context, next) =>
      next(specifier, { ...context, conditions: ['source', ...context.conditions] }),
  })
}
await import((inCheckout ? sources : built).href)
