import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * Writes `packages/server/src/protocol/models/{kms,iam,sts,organizations,cloudtrail}.ts` from AWS's published service models, which
 * lie in `../shared` beside the checkout. Only this tool reads them: the product and its tests live on what
 * it wrote. Run it as `node --conditions=source tools/generate-models.ts`.
 */

interface Member {
  shape: string
}

interface ModelShape {
  type: string
  members?: Record<string, Member>
  required?: string[]
  member?: Member
  key?: Member
  value?: Member
  min?: number
  max?: number
  pattern?: string
  enum?: string[]
  sensitive?: boolean
  exception?: boolean
  fault?: boolean
  error?: { code: string; httpStatusCode: number; senderFault?: boolean }
  'x-smithy'?: { awsQueryError?: [string, number]; httpError?: number }
}

interface Model {
  metadata: { apiVersion: string; endpointPrefix: string; targetPrefix?: string; xmlNamespace?: string }
  operations: Record<string, { input?: Member; output?: Member; errors?: Member[] }>
  shapes: Record<string, ModelShape>
}

interface Source {
  service: string
  file: string
  published: string
  /** Those that are taken, of a service that is served in part; without it, all. */
  operations?: readonly string[]
}

/** Where each model comes from. The date is of the publication, so that writing twice writes the same. */
const sources: readonly Source[] = [
  {
    service: 'cloudtrail',
    file: 'aws/models/cloudtrail-service-2.json',
    published: 'botocore cloudtrail/2013-11-01 (2026-10-01)',
    // There is one trail, which is always on: nothing can be made, changed or stopped.
    operations: ['DescribeTrails', 'GetTrailStatus', 'LookupEvents'],
  },
  {
    service: 'kms',
    file: 'aws/kms-model.json',
    published:
      'botocore 1.43.107 kms/2014-11-01 (2026-10-01), with the additions of @aws-sdk/client-kms 3.1164.0 (2026-11-06)',
  },
  {
    service: 'iam',
    file: 'aws/models/iam-service-2.json',
    published: 'botocore iam/2010-05-08 (2026-10-01)',
  },
  {
    service: 'sts',
    file: 'aws/models/sts-service-2.json',
    published: 'botocore sts/2011-06-15 (2026-10-01)',
  },
  {
    service: 'organizations',
    file: 'aws/models/organizations-service-2.json',
    published: 'botocore organizations/2016-11-28 (2026-10-01)',
    // Invitations, billing and AWS services' access have no meaning here.
    operations: [
      'AttachPolicy',
      'CloseAccount',
      'CreateAccount',
      'CreateOrganizationalUnit',
      'CreatePolicy',
      'DeleteOrganizationalUnit',
      'DeletePolicy',
      'DescribeAccount',
      'DescribeCreateAccountStatus',
      'DescribeEffectivePolicy',
      'DescribeOrganization',
      'DescribeOrganizationalUnit',
      'DescribePolicy',
      'DetachPolicy',
      'DisablePolicyType',
      'EnablePolicyType',
      'ListAccounts',
      'ListAccountsForParent',
      'ListChildren',
      'ListCreateAccountStatus',
      'ListOrganizationalUnitsForParent',
      'ListParents',
      'ListPolicies',
      'ListPoliciesForTarget',
      'ListRoots',
      'ListTagsForResource',
      'ListTargetsForPolicy',
      'MoveAccount',
      'TagResource',
      'UntagResource',
      'UpdateOrganizationalUnit',
      'UpdatePolicy',
    ],
  },
]

const root = resolve(import.meta.dirname, '..')

/** The published facts, or undefined on a machine that does not have them. */
export function findShared(): string | undefined {
  const folder = process.env.CLAVIGER_SHARED ?? resolve(root, '..', 'shared')
  return existsSync(join(folder, 'aws', 'kms-model.json')) ? folder : undefined
}

/** Every generated file with the text it should have. */
export function generateModels(shared: string): { path: string; text: string }[] {
  return sources.map(({ service, file, published, operations }) => {
    const whole: Model = JSON.parse(readFileSync(join(shared, file), 'utf8'))
    const model = operations === undefined ? whole : reduced(whole, operations)
    return {
      path: join(root, 'packages/server/src/protocol/models', `${service}.ts`),
      text: fileText({ service, model, published }),
    }
  })
}

/** A model with some of its operations and the exceptions of these. */
function reduced(model: Model, names: readonly string[]): Model {
  const operations = Object.fromEntries(names.map((name) => [name, operationOf(model, name)]))
  const errors = new Set(
    Object.values(operations)
      .flatMap((each) => each.errors ?? [])
      .map(({ shape }) => shape),
  )
  const shapes = Object.entries(model.shapes).filter(
    ([name, { exception }]) => !exception || errors.has(name),
  )
  return { ...model, operations, shapes: Object.fromEntries(shapes) }
}

function operationOf(model: Model, name: string): Model['operations'][string] {
  const operation = model.operations[name]
  if (operation === undefined) throw new Error(`the model has no operation ${name}`)
  return operation
}

function fileText({
  service,
  model,
  published,
}: {
  service: string
  model: Model
  published: string
}): string {
  const shapes = reachableShapes(model)
  const title = titleOf(service)
  return [
    `// Generated by tools/generate-models.ts; do not edit. From AWS's published service model:`,
    `// ${published}.`,
    `// Licensed under the Apache License, Version 2.0.`,
    '',
    `import type { ErrorModel, Nothing, ServiceModel } from './model.ts'`,
    '',
    ...typeLines(model, shapes),
    operationsType(title, model),
    '',
    `export const ${service}: ServiceModel<${title}Operations> = {`,
    `  service: ${quote(service)},`,
    `  apiVersion: ${quote(model.metadata.apiVersion)},`,
    ...optionalLine('targetPrefix', model.metadata.targetPrefix),
    ...optionalLine('xmlNamespace', model.metadata.xmlNamespace),
    `  operations: {`,
    ...Object.entries(model.operations).map(
      ([name, { input, output }]) =>
        `    ${name}: ${literal({ input: input?.shape, output: output?.shape })},`,
    ),
    `  },`,
    `  shapes: {`,
    ...shapes.map((name) => `    ${name}: ${shapeLiteral(shapeOf(model, name))},`),
    `  },`,
    `}`,
    '',
    `/** The exceptions of ${service}, by name. */`,
    `export const ${service}Errors = {`,
    ...errorLines(model),
    `} as const satisfies Readonly<Record<string, ErrorModel>>`,
    '',
  ].join('\n')
}

/** Shapes that inputs and outputs lead to. What only an exception mentions is not on this list. */
function reachableShapes(model: Model): string[] {
  const operations = Object.values(model.operations)
  const starts = operations.flatMap(({ input, output }) => [input?.shape, output?.shape])
  return [...reachableFrom(model, starts)].sort()
}

function reachableFrom(model: Model, starts: (string | undefined)[]): Set<string> {
  const found = new Set<string>()
  const open = starts.filter((name) => name !== undefined)
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue
    found.add(name)
    const shape = shapeOf(model, name)
    const children = [shape.member, shape.key, shape.value, ...Object.values(shape.members ?? {})]
    open.push(...children.flatMap((child) => (child === undefined ? [] : [child.shape])))
  }
  return found
}

function shapeOf(model: Model, name: string): ModelShape {
  const shape = model.shapes[name]
  if (shape === undefined) throw new Error(`the model has no shape ${name}`)
  return shape
}

/** Members named like something every object inherits would be read from the prototype when absent. */
function requireOwnNames(names: string[]): void {
  for (const name of names) if (name in {}) throw new Error(`a member called ${name} is not safe to read`)
}

function shapeLiteral(shape: ModelShape): string {
  requireOwnNames(Object.keys(shape.members ?? {}))
  const { type, min, max, pattern, sensitive } = shape
  const members =
    shape.members && Object.fromEntries(Object.entries(shape.members).map(([k, v]) => [k, v.shape]))
  const required = shape.required?.length ? shape.required : undefined
  return literal({
    type: type === 'long' ? 'integer' : type,
    member: shape.member?.shape,
    key: shape.key?.shape,
    value: shape.value?.shape,
    members,
    required,
    min,
    max,
    pattern,
    enum: shape.enum,
    sensitive: sensitive === true ? true : undefined,
  })
}

function errorLines(model: Model): string[] {
  const exceptions = Object.entries(model.shapes).filter(([, shape]) => shape.exception === true)
  return exceptions.map(([name, shape]) => {
    const [query, status] = shape.error
      ? [shape.error.code, shape.error.httpStatusCode]
      : (shape['x-smithy']?.awsQueryError ?? [name, 400])
    const receiver = shape.fault === true || status >= 500
    return `  ${name}: ${literal({ query, status, fault: receiver ? 'receiver' : 'sender' })},`
  })
}

/** Structures become interfaces and enumerations become unions, under the names AWS gave them. */
function typeLines(model: Model, shapes: string[]): string[] {
  const inputs = reachableFrom(
    model,
    Object.values(model.operations).map(({ input }) => input?.shape),
  )
  requireDistinctTypes(shapes.filter((name) => isNamedType(shapeOf(model, name))))
  return shapes.flatMap((name) => {
    const shape = shapeOf(model, name)
    if (shape.enum !== undefined)
      return [`export type ${typeName(name)} =`, ...shape.enum.map((value) => `  | ${quote(value)}`), '']
    if (shape.type !== 'structure') return []
    // What a caller sends is exact: a member is there or it is not. What we answer may say `undefined`.
    const absent = inputs.has(name) ? '' : ' | undefined'
    const members = Object.entries(shape.members ?? {}).map(([memberName, member]) => {
      const required = shape.required?.includes(memberName) === true
      const type = typeOf(model, member.shape)
      return `  readonly ${memberName}${required ? '' : '?'}: ${type}${required ? '' : absent}`
    })
    if (members.length === 0) return [`export type ${typeName(name)} = Nothing`, '']
    return [`export interface ${typeName(name)} {`, ...members, '}', '']
  })
}

const isNamedType = (shape: ModelShape) => shape.type === 'structure' || shape.enum !== undefined

function requireDistinctTypes(names: string[]): void {
  const taken = new Set(['Date', 'Uint8Array', 'Record', 'Readonly', 'Nothing', 'ErrorModel', 'ServiceModel'])
  for (const name of names.map(typeName)) {
    if (taken.has(name)) throw new Error(`two types would be called ${name}`)
    taken.add(name)
  }
}

function typeOf(model: Model, name: string): string {
  const shape = shapeOf(model, name)
  if (isNamedType(shape)) return typeName(name)
  switch (shape.type) {
    case 'string':
      return 'string'
    case 'blob':
      return 'Uint8Array'
    case 'boolean':
      return 'boolean'
    case 'integer':
    case 'long':
      return 'number'
    case 'timestamp':
      return 'Date'
    case 'list':
      return `readonly ${typeOf(model, shape.member?.shape ?? '')}[]`
    case 'map':
      return `Readonly<Record<string, ${typeOf(model, shape.value?.shape ?? '')}>>`
    default:
      throw new Error(`no type for ${shape.type}`)
  }
}

function operationsType(title: string, model: Model): string {
  const lines = Object.entries(model.operations).map(([name, { input, output }]) => {
    const [inputType, outputType] = [input, output].map((member) =>
      member ? typeName(member.shape) : 'Nothing',
    )
    return `  readonly ${name}: { readonly input: ${inputType}; readonly output: ${outputType} }`
  })
  return [
    `/** What goes into each operation of ${title}, and what comes out. */`,
    `export interface ${title}Operations {`,
    ...lines,
    '}',
  ].join('\n')
}

const typeName = (name: string) => name.charAt(0).toUpperCase() + name.slice(1)
const titleOf = (service: string) => typeName(service)
const quote = (text: string) =>
  `'${JSON.stringify(text).slice(1, -1).replaceAll(`\\"`, '"').replaceAll(`'`, `\\'`)}'`
const optionalLine = (name: string, value: string | undefined) =>
  value === undefined ? [] : [`  ${name}: ${quote(value)},`]

/** A value as TypeScript; members that are undefined are left out. */
function literal(value: unknown): string {
  if (typeof value === 'string') return quote(value)
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  if (members.length === 0) return '{}'
  const name = (key: string) => (/^[A-Za-z_$][\w$]*$/.test(key) ? key : quote(key))
  return `{ ${members.map(([key, member]) => `${name(key)}: ${literal(member)}`).join(', ')} }`
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const shared = findShared()
  if (shared === undefined) throw new Error('the published models are not in ../shared (or CLAVIGER_SHARED)')
  for (const { path, text } of generateModels(shared)) {
    writeFileSync(path, text)
    console.log(`${path.slice(root.length + 1)}  ${Math.round(text.length / 1024)} KiB`)
  }
}
