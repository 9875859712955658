import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

/** The rules of this house that no compiler knows. */

const root = resolve(import.meta.dirname, '..')

/** What every operation may use: the nouns and their rules, the catalog, access; no backend, no network. */
const operationFloors = [
  'policy/src',
  'server/src/access',
  'server/src/audit',
  'server/src/base',
  'server/src/call',
  'server/src/catalog',
  'server/src/identity',
  'server/src/keys',
  'server/src/protocol',
  'server/src/protocol/models',
  'server/src/quotas',
  'server/src/root-key',
  'server/src/storage',
  'server/src/web-identity',
  'server/src/xks',
]

/** The floors of the house, lowest first: a folder imports only from itself and what its line names. */
const floors: [folder: string, ...imports: string[]][] = [
  ['policy/src/matching'],
  ['policy/src/conditions', 'policy/src/matching'],
  // The public face re-exports explanations; nothing else in src/ knows of them.
  ['policy/src', 'policy/src/matching', 'policy/src/conditions', 'policy/src/explanations'],
  ['policy/src/explanations', 'policy/src', 'policy/src/matching', 'policy/src/conditions'],

  ['server/src/base'],
  ['server/src/crypto/worker', 'server/src/base'],
  ['server/src/crypto', 'server/src/crypto/worker', 'server/src/base'],
  ['server/src/protocol/models'],
  ['server/src/protocol', 'server/src/protocol/models', 'server/src/base', 'policy/src'],

  ['server/src/metrics', 'policy/src', 'server/src/base', 'server/src/protocol'],
  ['server/src/tracing', 'server/src/base', 'server/src/metrics'],
  ['server/src/sigv4'],
  [
    'server/src/xks',
    'server/src/base',
    'server/src/protocol',
    'server/src/protocol/models',
    'server/src/sigv4',
  ],

  ['server/src/attestation', 'server/src/base', 'server/src/protocol'],
  ['server/src/identity/models'],
  [
    'server/src/identity',
    'server/src/identity/models',
    'policy/src',
    'server/src/base',
    'server/src/protocol',
  ],
  ['server/src/keys/models'],
  [
    'server/src/keys',
    'server/src/keys/models',
    'policy/src',
    'server/src/base',
    'server/src/protocol',
    'server/src/protocol/models',
    'server/src/identity',
  ],
  [
    'server/src/storage',
    'server/src/base',
    'server/src/keys',
    'server/src/identity',
    'server/src/access',
    'server/src/audit',
  ],
  ['server/src/storage/sqlite', 'server/src/storage', 'server/src/base', 'policy/src'],
  ['server/src/root-key', 'server/src/base', 'server/src/crypto', 'server/src/identity', 'server/src/keys'],
  ['server/src/root-key/file', 'server/src/root-key', 'server/src/base', 'server/src/crypto'],
  ['server/src/root-key/passphrase', 'server/src/root-key', 'server/src/base', 'server/src/crypto'],

  [
    'server/src/call',
    'policy/src',
    'server/src/identity',
    'server/src/keys',
    'server/src/metrics',
    'server/src/protocol',
  ],
  ['server/src/web-identity', 'server/src/identity', 'server/src/protocol', 'server/src/base'],
  [
    'server/src/catalog',
    'policy/src',
    'server/src/base',
    'server/src/call',
    'server/src/crypto',
    'server/src/identity',
    'server/src/keys',
    'server/src/metrics',
    'server/src/root-key',
    'server/src/storage',
    'server/src/xks',
  ],
  ['server/src/quotas/models'],
  [
    'server/src/quotas',
    'server/src/quotas/models',
    'server/src/base',
    'server/src/call',
    'server/src/identity',
    'server/src/protocol',
  ],
  ['server/src/audit/models'],
  [
    'server/src/audit',
    'server/src/audit/models',
    'policy/src',
    'server/src/base',
    'server/src/call',
    'server/src/catalog',
    'server/src/keys',
    'server/src/protocol',
    'server/src/protocol/models',
    'server/src/storage',
  ],
  ['server/src/audit/file', 'server/src/audit', 'server/src/base', 'server/src/metrics'],
  ['server/src/audit/sinks/cloudtrail', 'server/src/audit/sinks', 'server/src/audit', 'server/src/base'],
  ['server/src/audit/sinks', 'server/src/audit', 'server/src/audit/file', 'server/src/base'],
  ['server/src/audit/index', 'server/src/audit', 'server/src/audit/file', 'server/src/base'],
  ['server/src/access/models'],
  [
    'server/src/access',
    'server/src/access/models',
    'policy/src',
    'server/src/base',
    'server/src/call',
    'server/src/catalog',
    'server/src/identity',
    'server/src/keys',
    'server/src/protocol',
    'server/src/storage',
  ],
  [
    'server/src/due',
    'server/src/audit',
    'server/src/base',
    'server/src/catalog',
    'server/src/keys',
    'server/src/root-key',
    'server/src/storage',
  ],
  [
    'server/src/control',
    'policy/src',
    'server/src/base',
    'server/src/access',
    'server/src/audit',
    'server/src/catalog',
    'server/src/identity',
    'server/src/protocol',
    'server/src/root-key',
    'server/src/storage',
  ],
  [
    'server/src/admin',
    'server/src/audit',
    'server/src/audit/file',
    'server/src/audit/sinks',
    'server/src/base',
    'server/src/keys',
    'server/src/metrics',
    'server/src/protocol/models',
    'server/src/root-key',
    'server/src/storage',
  ],
  ['server/src/vpc-endpoints', 'policy/src', 'server/src/base'],
  [
    'server/src/operations',
    'server/src/operations/kms',
    'server/src/operations/iam',
    'server/src/operations/sts',
    'server/src/operations/cloudtrail',
    'server/src/operations/organizations',
    ...operationFloors,
  ],
  [
    'server/src/operations/kms',
    'server/src/operations',
    'server/src/operations/kms/ciphers',
    'server/src/attestation',
    'server/src/crypto',
    ...operationFloors,
  ],
  [
    'server/src/operations/kms/ciphers',
    'server/src/operations',
    'server/src/operations/kms',
    'server/src/crypto',
    ...operationFloors,
  ],
  ['server/src/operations/iam/simulation', ...operationFloors],
  [
    'server/src/operations/iam',
    'server/src/operations',
    'server/src/operations/iam/simulation',
    ...operationFloors,
  ],
  ['server/src/operations/sts', 'server/src/operations', ...operationFloors],
  ['server/src/operations/cloudtrail', 'server/src/operations', ...operationFloors],
  ['server/src/operations/organizations', 'server/src/operations', ...operationFloors],
  [
    'server/src/http',
    'server/src',
    'server/src/base',
    'server/src/call',
    'server/src/catalog',
    'server/src/metrics',
    'server/src/root-key',
    'server/src/identity',
    'server/src/protocol',
    'server/src/sigv4',
  ],

  ['cli/src/audit-search', 'policy/src', 'server/src', 'cli/src'],
  [
    'server/src/workers',
    'server/src',
    'server/src/access',
    'server/src/audit',
    'server/src/base',
    'server/src/catalog',
    'server/src/http',
    'server/src/identity',
    'server/src/keys',
    'server/src/metrics',
    'server/src/quotas',
    'server/src/storage',
  ],

  ['cli/src/policy-cases', 'policy/src', 'cli/src'],
  ['cli/src/expectations', 'policy/src', 'cli/src', 'cli/src/policy-cases'],
  [
    'cli/src/apply/reading',
    'policy/src',
    'cli/src',
    'cli/src/policy-cases',
    'cli/src/expectations',
    'cli/src/apply',
  ],
  ['cli/src/apply/things', 'cli/src/policy-cases', 'cli/src/apply'],
  ['cli/src/apply', 'server/src', 'cli/src', 'cli/src/apply/things'],
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
  if (/^@claviger\/server(\/asking)?$/.test(specifier)) return 'server/src'
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

  test('every folder with sources has a line', () => {
    const listed = new Set(floors.map(([folder]) => folder))
    const folders = new Set(files.map((path) => relative(join(root, 'packages'), dirname(path))))
    const unlisted = [...folders].filter((folder) => !listed.has(folder) && !free.has(folder))
    expect(unlisted).toEqual([])
  })
})

/** Where everything comes together: what lies there may import from every floor. */
const free = new Set(['server/src', 'cli/src', 'cli/src/commands'])

const textOf = (path: string) => readFileSync(path, 'utf8')

/** Files of some folders whose text has what it must not. */
function offenders(where: RegExp, pattern: RegExp, except: readonly string[] = []): string[] {
  return files
    .map((path) => relative(join(root, 'packages'), path))
    .filter((path) => where.test(path) && !except.includes(path))
    .filter((path) => pattern.test(textOf(join(root, 'packages', path))))
}

describe('rules', () => {
  test('time and chance are asked for: only base/ reads the clock or makes randomness', () => {
    const pattern = /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\brandom(Bytes|UUID|FillSync|Int)\(/
    const sources = ['server/src/base/clock.ts', 'server/src/base/chance.ts']
    expect(offenders(/^(policy|server)\//, pattern, sources)).toEqual([])
  })

  test('raw secret bytes are touched in crypto/ alone', () => {
    expect(offenders(/^server\/src\/(?!crypto\/)/, /\breveal(AsKey|AsPrivateKey)?\b/)).toEqual([])
  })

  test('operations, keys and access know no JSON', () => {
    const pure = /^server\/src\/(operations|keys|identity|access|crypto)\//
    expect(offenders(pure, /JSON\.(parse|stringify)/)).toEqual([])
  })

  test('every operation file is in the list of its folder', () => {
    const listBeside = (path: string) => textOf(join(dirname(path), 'index.ts'))
    const missing = files
      .filter((path) => /operations\/(cloudtrail|kms|iam|organizations|sts)\//.test(path))
      .filter((path) =>
        /^export const \w+(?:: Operation<| = (?:withRecipient|on[A-Z]\w*)\()/m.test(textOf(path)),
      )
      .filter((path) => !listBeside(path).includes(`'./${basename(path)}'`))
    expect(missing.map((path) => relative(root, path))).toEqual([])
  })

  test('every TODO names an issue', () => {
    expect(offenders(/./, /TODO(?! #\d)/)).toEqual([])
  })
})
