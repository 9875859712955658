import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Adds up what the test runner reported of several suites: a JSON file each in the folder that is named. */

interface Report {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
}

const folder = process.argv[2] ?? '.'
const reports = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Report)
const sum = (count: (report: Report) => number) => reports.map(count).reduce((total, each) => total + each, 0)

const passed = sum((report) => report.numPassedTests)
const failed = sum((report) => report.numFailedTests)
const skipped = sum((report) => report.numPendingTests)
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
