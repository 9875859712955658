import { registerHooks } from 'node:module'

/** Before anything else in a process: prints the address of every module that is loaded by package name. */
registerHooks({
  load(url, context, next) {
    const name = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1]
    if (name !== undefined) process.stderr.write(`loaded ${name}\n`)
    return next(url, context)
  },
})
