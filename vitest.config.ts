import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** Where to leave a report for those who add up several suites. */
const totals = process.env.CLAVIGER_TEST_TOTALS

/** All tests that need nothing but this checkout. The heavier suites have a config of their own. */
export default defineConfig({
  ssr: { resolve: { conditions: ['source', 'node', 'import', 'default'] } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'tools/**/*.test.ts'],
    exclude: ['**/clients/**', '**/conformance/**', '**/node_modules/**'],
    // Vitest would leave a core to itself, which on two cores means one file after the other; much of it is waiting.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 30_000,
    hookTimeout: 30_000,
    reporters: totals === undefined ? ['default'] : ['default', ['json', { outputFile: totals }]],
  },
})
