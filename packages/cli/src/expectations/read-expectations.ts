import type { PolicyKind } from '@claviger/policy'
import { isMap, isScalar, type Node } from 'yaml'
import type { Io } from '../command.ts'
import { readConditionKeys, readRequest } from '../policy-cases/read-case.ts'
import { fail, type Located, optional, textAt, textsByNameAt } from '../policy-cases/read-value.ts'
import type { Expectation, ExpectationFile, FileProblem, NamedPrincipal } from './expectation-file.ts'
import { type Home, isKnownByName, principalNamed } from './principal-name.ts'
import { readGrants } from './read-grants.ts'
import { readLevels, readPolicy } from './read-policies.ts'
import { readPrincipals } from './read-principals.ts'
import { readSentence } from './sentence.ts'
import { YamlFile } from './yaml-file.ts'

/** A file of expectations, or everything that is wrong with it and with the policies it names. */
export type ReadExpectations =
  | { readonly ok: true; readonly file: ExpectationFile }
  | { readonly ok: false; readonly problems: readonly FileProblem[] }

const needed = ['key', 'key-policy', 'expect']
const known = [
  ...needed,
  'principals',
  'encryption-context',
  'condition-keys',
  'service-control-policies',
  'resource-control-policies',
  'endpoint-policy',
  'grants',
]

/** Reads a file of expectations. */
export async function readExpectations(path: string, text: string, io: Io): Promise<ReadExpectations> {
  const yaml = new YamlFile(path, text)
  if (yaml.problems.length > 0) return { ok: false, problems: yaml.problems }
  const members = yaml.members(yaml.root, 'a file of expectations', known)
  for (const name of needed) if (!members.has(name)) yaml.report(yaml.root, `\`${name}\` is missing`)
  const part = <T>(name: string, read: (located: Located) => T): T | undefined =>
    members.has(name) ? yaml.read(members.get(name) ?? null, name, read) : undefined
  const place = (name: string, kind: PolicyKind) => ({ yaml, io, kind, path: name })
  const policy = async (name: string, kind: PolicyKind) =>
    members.has(name) ? readPolicy(members.get(name) ?? null, place(name, kind)) : undefined
  const levels = (name: string, kind: PolicyKind) => readLevels(members.get(name), place(name, kind))

  const keyArn = part('key', keyArnAt)
  const keyPolicy = await policy('key-policy', 'key-policy')
  const home = homeOf(keyArn)
  const principals = await readPrincipals(members.get('principals') ?? null, { yaml, io, home })
  const file = {
    principals,
    encryptionContext: part('encryption-context', textsByNameAt) ?? {},
    conditionKeys: part('condition-keys', readConditionKeys) ?? new Map(),
    ...optional('serviceControlPolicies', await levels('service-control-policies', 'service-control-policy')),
    ...optional(
      'resourceControlPolicies',
      await levels('resource-control-policies', 'resource-control-policy'),
    ),
    ...optional('endpointPolicy', await policy('endpoint-policy', 'endpoint-policy')),
    grants: readGrants(members.get('grants') ?? null, yaml, home),
    expectations: yaml
      .items(members.get('expect'))
      .flatMap((node) => readExpectation(node, yaml, { principals, home }) ?? []),
  }
  if (yaml.problems.length > 0 || keyArn === undefined || keyPolicy === undefined) {
    return { ok: false, problems: yaml.problems }
  }
  return { ok: true, file: { keyArn, keyPolicy, ...file } }
}

function keyArnAt(located: Located): string {
  const arn = textAt(located)
  const form = /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/\S+$/
  return form.test(arn) ? arn : fail(located.path, `is \`${arn}\`, which is not the ARN of a key`)
}

function homeOf(keyArn = ''): Home {
  const [, partition = 'aws', , , account = ''] = keyArn.split(':')
  return { partition, account }
}

interface People {
  readonly principals: ReadonlyMap<string, NamedPrincipal>
  readonly home: Home
}

/** Reads one entry of `expect`: `allow: sentence` or `deny: sentence`, and what sentences have no words for. */
function readExpectation(node: Node | null, yaml: YamlFile, people: People): Expectation | undefined {
  if (!isMap(node)) return yaml.report(node, unreadable)
  const members = yaml.members(node, 'an expectation', ['allow', 'deny', 'request', 'condition-keys'])
  const effect = members.has('allow') ? 'allow' : 'deny'
  const written = members.get(effect) ?? null
  if (members.has('allow') && members.has('deny')) {
    return yaml.report(node, 'an expectation is either `allow` or `deny`, not both')
  }
  if (!isScalar(written) || typeof written.value !== 'string') {
    return yaml.report(written ?? node, unreadable)
  }
  const line = written.value
  const sentence = readSentence(line)
  if ('message' in sentence) return yaml.reportWithin(written, sentence.at, sentence.message)
  const caller = callerNamed(sentence.caller.text, people)
  if (caller === undefined) {
    const names = [...people.principals.keys()]
    const hint = names.length === 0 ? 'there are none' : `there is ${names.join(', ')}`
    const message = `\`${sentence.caller.text}\` is not among the principals; ${hint}`
    return yaml.reportWithin(written, sentence.caller.at, message)
  }
  const more = <T>(name: string, read: (located: Located) => T): T | undefined =>
    members.has(name) ? yaml.read(members.get(name) ?? null, name, read) : undefined
  return {
    effect,
    line,
    sentence,
    caller,
    request: more('request', readRequest) ?? { members: {} },
    conditionKeys: more('condition-keys', readConditionKeys) ?? new Map(),
    lineNumber: yaml.lineOf(written),
  }
}

const unreadable = 'an expectation is written as `allow: …` or `deny: …`'

/** Who is meant. A name that is not declared would be denied for lack of policies, and hide a slip. */
function callerNamed(name: string, { principals, home }: People): NamedPrincipal | undefined {
  const declared = principals.get(name)
  if (declared !== undefined || !isKnownByName(name)) return declared
  const principal = principalNamed(name, home, { sessionName: '' })
  return principal && { principal, identityPolicies: [] }
}
