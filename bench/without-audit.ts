import { registerHooks } from 'node:module'

/**
 * Imported before the service (`node --import`), has it run without its journal: what durable audit costs cannot be told
 * otherwise. There is no setting for that, and there must not be one.
 */
const stand = new URL('./unaudited-journal.ts', import.meta.url).href

registerHooks({
  resolve(specifier, context, next) {
    const isWanted = specifier.endsWith('/signed-journal.ts') && context.parentURL !== stand
    return isWanted
      ? { url: stand, format: 'module-typescript', shortCircuit: true }
      : next(specifier, context)
  },
})
