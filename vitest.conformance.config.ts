import { defineConfig } from 'vitest/config'
import base from './vitest.config.ts'

/** Suites over AWS's published facts and vectors, where those are on the machine (see CONTRIBUTING.md). */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['packages/*/test/conformance/**/*.test.ts'],
    exclude: ['**/node_modules/**'],
  },
})
