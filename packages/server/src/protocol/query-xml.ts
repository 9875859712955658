import { writeBase64 } from './base64.ts'
import { asRefusal, Refusal } from './errors.ts'
import { type FormNode, formText } from './form.ts'
import { readFormShape } from './form-shape.ts'
import { queryValidation } from './iam-validation.ts'
import { isOperation, type Reply } from './json-1-1.ts'
import type { OperationTypes, ServiceModel, Shape } from './models/model.ts'
import { type InputOf, type OutputOf, type Shapes, shapeNamed, violationsOf } from './shape.ts'
import { element, escapeXml } from './xml.ts'

/** AWS's query protocol, which IAM and STS speak: form parameters in, XML out. */

export const xmlContentType = 'text/xml'

/** The operation that the parameters `Action` and `Version` name. */
export function findAction<Operations extends OperationTypes<Operations>>(
  model: ServiceModel<Operations>,
  form: FormNode,
): keyof Operations & string {
  const action = formText(form, 'Action') ?? ''
  if (action === '') throw new Refusal('MissingActionException')
  const version = formText(form, 'Version') ?? 'NO_VERSION_SPECIFIED'
  if (version === model.apiVersion && isOperation(model, action)) return action
  throw new Refusal('InvalidActionException', `Could not find operation ${action} for version ${version}`)
}

/** The reader of an operation's input from form parameters. Compiled when called: once per operation. */
export function queryReader<
  Operations extends OperationTypes<Operations>,
  Name extends keyof Operations & string,
>(model: ServiceModel<Operations>, name: Name): (form: FormNode) => InputOf<Operations, Name> {
  const shape = model.operations[name].input
  const findViolations = violationsOf(model, shape)
  return (form) => {
    const input = shape === undefined ? {} : readFormShape(model, shape, form)
    const violations = findViolations(input)
    if (violations.length > 0) throw new Refusal('ValidationException', queryValidation(model, violations))
    return input as InputOf<Operations, Name>
  }
}

/** The writer of an operation's whole answer. Compiled when called: once per operation. */
export function queryWriter<
  Operations extends OperationTypes<Operations>,
  Name extends keyof Operations & string,
>(
  model: ServiceModel<Operations>,
  name: Name,
): (output: OutputOf<Operations, Name>, requestId: string) => string {
  const shape = model.operations[name].output
  const write = shape === undefined ? undefined : (compileWriter(model, shape) as (output: unknown) => string)
  return (output, requestId) => {
    const result = write === undefined ? '' : element(`${name}Result`, write(output))
    const metadata = element('ResponseMetadata', element('RequestId', escapeXml(requestId)))
    return `<${name}Response xmlns="${model.xmlNamespace}">${result}${metadata}</${name}Response>\n`
  }
}

/** The answer to anything that was thrown. Nothing of a bug's inside is in it. */
export function queryError<Operations>(
  model: Pick<ServiceModel<Operations>, 'xmlNamespace'>,
  thrown: unknown,
  requestId: string,
): Reply {
  const refusal = asRefusal(thrown, 'ServiceFailureException')
  const { query, status, fault } = refusal.row
  const parts = [
    element('Type', fault === 'sender' ? 'Sender' : 'Receiver'),
    element('Code', query),
    element('Message', escapeXml(refusal.message)),
  ]
  const content = element('Error', parts.join('')) + element('RequestId', escapeXml(requestId))
  return {
    status,
    contentType: xmlContentType,
    body: `<ErrorResponse xmlns="${model.xmlNamespace}">${content}</ErrorResponse>\n`,
  }
}

type Write = (value: never) => string

function compileWriter(model: Shapes, name: string): Write {
  const shape = shapeNamed(model, name)
  switch (shape.type) {
    case 'string':
    case 'integer':
    case 'boolean':
      return (value: string | number | boolean) => escapeXml(String(value))
    case 'blob':
      return writeBase64
    case 'timestamp':
      // IAM and STS never say fractions of a second.
      return (date: Date) => date.toISOString().replace(/\.[0-9]{3}Z$/, 'Z')
    case 'list': {
      const write = compileWriter(model, shape.member)
      return (list: readonly never[]) => list.map((member) => element('member', write(member))).join('')
    }
    case 'map':
      return mapWriter(model, shape)
    case 'structure':
      return structureWriter(model, shape)
  }
}

function mapWriter(model: Shapes, { value }: Extract<Shape, { readonly type: 'map' }>): Write {
  const write = compileWriter(model, value)
  return (map: Readonly<Record<string, never>>) =>
    Object.entries(map)
      .map(([key, member]) =>
        element('entry', element('key', escapeXml(key)) + element('value', write(member))),
      )
      .join('')
}

function structureWriter(model: Shapes, { members }: Extract<Shape, { readonly type: 'structure' }>): Write {
  const parts = Object.entries(members).map(([name, shape]) => ({ name, write: compileWriter(model, shape) }))
  return (value: Readonly<Record<string, never>>) =>
    parts
      .map(({ name, write }) => {
        const member = value[name]
        return member === undefined ? '' : element(name, write(member))
      })
      .join('')
}
