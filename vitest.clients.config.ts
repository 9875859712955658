import { defineConfig } from 'vitest/config'
import base from './vitest.config.ts'

/** Sessions with clients that Debian packages: the AWS CLI and boto3. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['packages/*/test/clients/**/*.test.ts'],
    exclude: ['**/node_modules/**'],
    testTimeout: 120_000,
  },
})
