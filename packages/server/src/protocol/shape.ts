import { type Constraint, constraintsOf, notNull, summaryOf } from './constraints.ts'
import { isScalar, malformed, requireArray, requireObject, scalarReader } from './conversions.ts'
import { Refusal } from './errors.ts'
import type { Nothing, OperationTypes, ServiceModel, Shape, StructureShape } from './models/model.ts'

/** A value that has the right types; only now may its constraints be asked. */
type Read = (value: unknown) => unknown

/** Adds to `found` what the value at `path` violates. */
type Check = (value: never, path: string, found: Violation[]) => void

/** The part of a model that readers and writers are compiled from. */
export type Shapes = Pick<ServiceModel<Nothing>, 'shapes'>

/** How to read one shape. Without `check` there is nothing to ask of it, nor of anything inside it. */
interface Reader {
  readonly read: Read
  readonly check: Check | undefined
}

/** One broken constraint; `shape` is the name the model has for what broke it. */
export interface Violation {
  readonly text: string
  readonly path: string
  readonly shape: string
  /** The value as AWS would repeat it; undefined where it is nobody's business. */
  readonly shown: string | undefined
}

export type InputOf<Operations, Name extends keyof Operations> = Operations[Name] extends {
  input: infer Input
}
  ? Input
  : never

export type OutputOf<Operations, Name extends keyof Operations> = Operations[Name] extends {
  output: infer Output
}
  ? Output
  : never

/** AWS stops counting here, which also keeps a hostile request from earning a longer answer than it cost. */
const violationsMax = 10

/**
 * The reader of an operation's input from a decoded JSON value. What is of the wrong type is refused at once
 * with a SerializationException; then everything the model's constraints forbid is refused together.
 * Compiled when called, so call it once per operation, not once per request.
 */
export function inputReader<
  Operations extends OperationTypes<Operations>,
  Name extends keyof Operations & string,
>(
  model: ServiceModel<Operations>,
  name: Name,
  refuse: (found: readonly Violation[]) => Refusal = validationRefusal,
): (value: unknown) => InputOf<Operations, Name> {
  const input = model.operations[name].input
  const { read, check } = compileShape(model, input)
  return (value) => {
    const converted = read(value)
    const found: Violation[] = []
    check?.(converted as never, '', found)
    if (found.length > 0) throw refuse(found)
    return converted as InputOf<Operations, Name>
  }
}

/** The check of an input that some other protocol has already given its types. */
export function violationsOf(
  model: Shapes,
  shape: string | undefined,
): (converted: unknown) => readonly Violation[] {
  const { check } = compileShape(model, shape)
  return (converted) => {
    const found: Violation[] = []
    check?.(converted as never, '', found)
    return found
  }
}

function validationRefusal(found: readonly Violation[]): Refusal {
  return new Refusal('ValidationException', validationText(found.map(violationSentence)))
}

/** The one message AWS makes of several violations. */
export function validationText(sentences: readonly string[]): string {
  return `${sentences.length} validation error${sentences.length === 1 ? '' : 's'} detected: ${sentences.join('; ')}`
}

/** A violation in AWS's words, with the value unless that is sensitive. */
export function violationSentence({ shown, path, text }: Violation): string {
  return `Value${shown === undefined ? '' : ` ${shown}`} at '${path}' failed to satisfy constraint: ${text}`
}

/** Looks a shape up; a name the model does not have is a bug of the generator. */
export function shapeNamed(model: Shapes, name: string): Shape {
  const shape = model.shapes[name]
  if (shape === undefined) throw new Error(`the model has no shape ${name}`)
  return shape
}

function compileShape(model: Shapes, name: string | undefined): Reader {
  if (name === undefined) return structureReader(model, { type: 'structure', members: {} })
  const shape = shapeNamed(model, name)
  if (isScalar(shape)) return { read: scalarReader(shape.type), check: scalarCheck(shape, name) }
  switch (shape.type) {
    case 'list':
      return listReader(model, { shape, name })
    case 'map':
      return mapReader(model, { shape, name })
    case 'structure':
      return structureReader(model, shape)
  }
}

function scalarCheck(shape: Shape, name: string): Check | undefined {
  const constraints = constraintsOf(shape)
  if (constraints.length === 0) return undefined
  const isHidden = !isShown(shape)
  return (value, path, found) => {
    for (const { holds, text } of constraints)
      if (!holds(value))
        report(found, { text, path, shape: name, shown: isHidden ? undefined : `'${value}'` })
  }
}

/** Bytes and what a model calls sensitive are never repeated to the caller, nor to the audit record. */
function isShown(shape: Shape): boolean {
  return (shape.type === 'string' || shape.type === 'integer') && !('sensitive' in shape)
}

function report(found: Violation[], violation: Violation): void {
  if (found.length < violationsMax) found.push(violation)
}

function structureReader(model: Shapes, { members, required = [] }: StructureShape): Reader {
  const parts = Object.entries(members).map(([name, shape]) => ({
    name,
    shape,
    path: lowerCamel(name),
    isRequired: required.includes(name),
    ...compileShape(model, shape),
  }))
  const read: Read = (value) => {
    const source = requireObject(value, 'structure')
    const converted: Record<string, unknown> = {}
    for (const part of parts) {
      const member = source[part.name]
      if (member !== undefined && member !== null) converted[part.name] = part.read(member)
    }
    return converted
  }
  const asked = parts.filter(({ isRequired, check }) => isRequired || check !== undefined)
  if (asked.length === 0) return { read, check: undefined }
  const check = (value: Readonly<Record<string, unknown>>, path: string, found: Violation[]): void => {
    // A structure in a structure: its path has no dot yet, while a list's member brings one.
    const inside = path === '' || path.endsWith('.') ? path : `${path}.`
    for (const part of asked) {
      const member = value[part.name]
      if (member !== undefined) part.check?.(member as never, inside + part.path, found)
      else if (part.isRequired)
        report(found, { text: notNull, path: inside + part.path, shape: part.shape, shown: 'null' })
    }
  }
  return { read, check }
}

/** Members of members are named `tags.1.member.tagKey`, so a path that goes on ends with its dot. */
const lowerCamel = (name: string) => name.charAt(0).toLowerCase() + name.slice(1)

interface Named<Type> {
  readonly shape: Extract<Shape, { readonly type: Type }>
  readonly name: string
}

function listReader(model: Shapes, { shape, name }: Named<'list'>): Reader {
  const member = compileShape(model, shape.member)
  const memberShape = shapeNamed(model, shape.member)
  const lengths = constraintsOf(shape)
  const scalars = isScalar(memberShape) ? constraintsOf(memberShape) : []
  const scalarsText = `Member ${must}${summaryOf(scalars)}`
  const read: Read = (value) => requireArray(value).map((element) => member.read(requireElement(element)))
  const check = (value: readonly unknown[], path: string, found: Violation[]): void => {
    const shown = isShown(memberShape) ? `'[${value.join(', ')}]'` : undefined
    for (const { holds, text } of lengths)
      if (!holds(value as never)) report(found, { text, path, shape: name, shown })
    if (scalars.length > 0) {
      if (value.some((element) => breaks(scalars, element)))
        report(found, { text: scalarsText, path, shape: shape.member, shown })
      return
    }
    for (const [index, element] of value.entries())
      member.check?.(element as never, `${path}.${index + 1}.member.`, found)
  }
  const isAsked = lengths.length > 0 || member.check !== undefined
  return { read, check: isAsked ? check : undefined }
}

function breaks(constraints: readonly Constraint<never>[], value: unknown): boolean {
  return constraints.some(({ holds }) => !holds(value as never))
}

/** A null among elements is nothing AWS describes; dropping it would silently change what the caller said. */
function requireElement(element: unknown): unknown {
  if (element === null) throw malformed()
  return element
}

/** An object that has nothing but what is put into it. Unlike those of `Object.create(null)` it is a quick one. */
class Bare {
  [name: string]: unknown
}
Object.setPrototypeOf(Bare.prototype, null)
Reflect.deleteProperty(Bare.prototype, 'constructor')

/**
 * The map a caller sent, as an object that inherits nothing: a key called `__proto__` is a key like any other.
 */
function mapReader(model: Shapes, { shape, name }: Named<'map'>): Reader {
  const value = compileShape(model, shape.value)
  const keys = constraintsOf(shapeNamed(model, shape.key))
  const valueShape = shapeNamed(model, shape.value)
  const scalars = isScalar(valueShape) ? constraintsOf(valueShape) : []
  const lengths = constraintsOf(shape)
  const keysText = `Map keys ${must}${summaryOf(keys)}`
  const valuesText = `Map value ${must}${summaryOf(scalars)}`
  const read: Read = (source) => {
    const entries = requireObject(source, 'map')
    const converted = new Bare()
    for (const key of Object.keys(entries)) converted[key] = value.read(requireElement(entries[key]))
    return converted
  }
  const check = (map: Readonly<Record<string, unknown>>, path: string, found: Violation[]): void => {
    for (const { holds, text } of lengths)
      if (!holds(map as never)) report(found, { text, path, shape: name, shown: undefined })
    for (const key in map) {
      if (breaks(keys, key)) reportOnce(found, { text: keysText, path, shape: shape.key, shown: undefined })
      const member = map[key]
      if (scalars.length === 0) value.check?.(member as never, `${path}.${key}.member.`, found)
      else if (breaks(scalars, member))
        reportOnce(found, { text: valuesText, path, shape: shape.value, shown: undefined })
    }
  }
  const isAsked = lengths.length + keys.length > 0 || value.check !== undefined
  return { read, check: isAsked ? check : undefined }
}

const must = 'must satisfy constraint: '

/** However many entries of a map break the rule for its keys or its values, AWS says so once. */
function reportOnce(found: Violation[], violation: Violation): void {
  if (!found.some(({ text, path }) => text === violation.text && path === violation.path))
    report(found, violation)
}
