import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

/** The rules of this house that no compiler knows. */

const root = resolve(import.meta.dirname, '..')

/** The floors of the house, lowest first: a folder imports only from itself and what its line names. */
const floors: [folder: string, ...imports: string[]][] = [
  ['policy/src/matching'],
  ['policy/src/conditions', 'policy/src/matching'],
  ['policy/src', 'policy/src/matching', 'policy/src/conditions'],

  ['server/src/base'],
  ['server/src/crypto', 'server/src/base'],
  ['server/src/protocol/models'],
  ['server/src/protocol', 'server/src/protocol/models', 'server/src/base'],
  ['server/src/identity', 'policy/src', 'server/src/base', 'server/src/crypto', 'server/src/protocol'],
  [
    'server/src/keys',
    'policy/src',
    'server/src/base',
    'server/src/crypto',
    'server/src/protocol',
    'server/src/identity',
  ],
  ['server/src/storage', 'server/src/base', 'server/src/keys', 'server/src/identity'],
  ['server/src/storage/sqlite', 'server/src/storage', 'server/src/base'],
  ['server/src/root-key', 'server/src/base', 'server/src/crypto'],
  ['server/src/root-key/file', 'server/src/root-key', 'server/src/base', 'server/src/crypto'],
  ['server/src/root-key/passphrase', 'server/src/root-key', 'server/src/base', 'server/src/crypto'],
  ['server/src/audit', 'server/src/base'],
  ['server/src/audit/file', 'server/src/audit', 'server/src/base'],
]

function sourceFiles(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory())
      return entry.name === 'node_modules' || entry.name === 'dist' ? [] : sourceFiles(path)
    return path.endsWith('.ts') ? [path] : []
  })
}

const files = sourceFiles(join(root, 'packages')).filter((path) => path.includes('/src/'))

function importsOf(path: string): string[] {
  const text = readFileSync(path, 'utf8')
  return [...text.matchAll(/(?:from|import)\s+'([^']+)'/g)].map((match) => match[1] ?? '')
}

/** Where an import leads, as a folder below packages/, or undefined for somebody else's package. */
function folderOf(path: string, specifier: string): string | undefined {
  if (specifier === '@claviger/policy') return 'policy/src'
  if (specifier === '@claviger/server') return 'server/src'
  if (!specifier.startsWith('.')) return undefined
  return relative(join(root, 'packages'), dirname(resolve(dirname(path), specifier)))
}

describe('floors', () => {
  for (const [folder, ...imports] of floors) {
    test(`${folder} imports only from the floors below it`, () => {
      const here = files.filter((path) => relative(join(root, 'packages'), dirname(path)) === folder)
      const strays = here.flatMap((path) =>
        importsOf(path)
          .map((specifier) => folderOf(path, specifier))
          .filter((target) => target !== undefined && target !== folder && !imports.includes(target))
          .map((target) => `${relative(root, path)} imports ${target}`),
      )
      expect(strays).toEqual([])
    })
  }
})
