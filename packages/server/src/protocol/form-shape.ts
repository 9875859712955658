import { parseBase64 } from './base64.ts'
import { malformed } from './conversions.ts'
import { type FormNode, formElements } from './form.ts'
import type { Shape } from './models/model.ts'
import { type Shapes, shapeNamed } from './shape.ts'

/** The value that form parameters spell out for a shape. Parameters the model does not know are ignored. */
export function readFormShape(model: Shapes, name: string, node: FormNode): unknown {
  const shape = shapeNamed(model, name)
  switch (shape.type) {
    case 'list':
      return formElements(node.children.get('member')).map((element) =>
        readFormShape(model, shape.member, element),
      )
    case 'map':
      return readMap(model, shape, node)
    case 'structure':
      return readStructure(model, shape, node)
    default:
      return readText(shape.type, node.text ?? '')
  }
}

function readStructure(
  model: Shapes,
  { members }: Extract<Shape, { readonly type: 'structure' }>,
  node: FormNode,
): Readonly<Record<string, unknown>> {
  const converted: Record<string, unknown> = {}
  for (const [name, shape] of Object.entries(members)) {
    const member = node.children.get(name)
    if (member !== undefined) converted[name] = readFormShape(model, shape, member)
  }
  return converted
}

function readMap(
  model: Shapes,
  { value }: Extract<Shape, { readonly type: 'map' }>,
  node: FormNode,
): Readonly<Record<string, unknown>> {
  const converted: Record<string, unknown> = Object.create(null)
  for (const entry of formElements(node.children.get('entry'))) {
    const member = entry.children.get('value')
    if (member !== undefined)
      converted[entry.children.get('key')?.text ?? ''] = readFormShape(model, value, member)
  }
  return converted
}

function readText(type: 'string' | 'blob' | 'integer' | 'boolean' | 'timestamp', text: string): unknown {
  switch (type) {
    case 'string':
      return text
    case 'integer':
      if (!/^[+-]?[0-9]{1,15}$/.test(text)) throw malformed(`'${text}' is not a valid Integer`)
      return Number(text)
    case 'boolean':
      if (!/^(true|false)$/i.test(text)) throw malformed(`'${text}' is not a valid Boolean`)
      return text.toLowerCase() === 'true'
    case 'blob':
      return readBytes(text)
    case 'timestamp':
      return readDate(text)
  }
}

function readBytes(text: string): Uint8Array {
  const bytes = parseBase64(text)
  if (typeof bytes === 'string') throw malformed(bytes)
  return bytes
}

function readDate(text: string): Date {
  const date = new Date(/^[0-9]{4}-[0-9]{2}-[0-9]{2}T/.test(text) ? text : Number.NaN)
  if (Number.isNaN(date.getTime())) throw malformed(`'${text}' is not a valid timestamp`)
  return date
}
