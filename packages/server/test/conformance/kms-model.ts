import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findShared } from '../../../../tools/generate-models.ts'

/** AWS's published model of the KMS API, as it is published: what the service is held to, and not what it was made from. */

export interface Shape {
  readonly type: 'structure' | 'list' | 'map' | 'string' | 'integer' | 'boolean' | 'blob' | 'timestamp'
  readonly members?: Readonly<Record<string, { readonly shape: string }>>
  readonly required?: readonly string[]
  readonly member?: { readonly shape: string }
  readonly key?: { readonly shape: string }
  readonly value?: { readonly shape: string }
  readonly min?: number
  readonly max?: number
  readonly pattern?: string
  readonly enum?: readonly string[]
  readonly sensitive?: boolean
}

interface Operation {
  readonly input?: { readonly shape: string }
  readonly output?: { readonly shape: string }
}

interface Model {
  readonly operations: Readonly<Record<string, Operation>>
  readonly shapes: Readonly<Record<string, Shape>>
}

const shared = findShared()
if (shared === undefined) console.log('skipped: the published model of KMS is not in ../shared')

/** Whether the model is at hand; suites over it are skipped where it is not. */
export const isPublished = shared !== undefined

/** A file that AWS publishes, or `otherwise` where it is not at hand. */
export function published<T>(file: string, otherwise: T): T {
  return shared === undefined ? otherwise : JSON.parse(readFileSync(join(shared, 'aws', file), 'utf8'))
}

export const model: Model = published('kms-model.json', { operations: {}, shapes: {} })

export const operationNames = Object.keys(model.operations)

export function shapeNamed(name: string): Shape {
  const shape = model.shapes[name]
  if (shape === undefined) throw new Error(`the model has no shape ${name}`)
  return shape
}

/** The shape of what an operation takes; one that takes nothing has a structure without members. */
export function inputOf(operation: string): Shape {
  const name = model.operations[operation]?.input?.shape
  return name === undefined ? { type: 'structure', members: {} } : shapeNamed(name)
}

/** Every member that an operation's answer can have, and those inside of it: `KeyMetadata.Arn`, `Tags.TagKey`. */
export function outputPaths(operation: string): readonly string[] {
  const name = model.operations[operation]?.output?.shape
  return name === undefined ? [] : pathsIn(shapeNamed(name), '')
}

function pathsIn(shape: Shape, path: string): string[] {
  if (shape.member !== undefined) return pathsIn(shapeNamed(shape.member.shape), path)
  return Object.entries(shape.members ?? {}).flatMap(([name, { shape: of }]) => {
    const inside = path === '' ? name : `${path}.${name}`
    return [inside, ...pathsIn(shapeNamed(of), inside)]
  })
}
