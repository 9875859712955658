import { type JsonNode, readJson } from './json.ts'

/**
 * What `JSON.parse` gives, and gives rightly. V8's takes a name with an escape for another one when an object with that
 * other name was read before (https://github.com/nodejs/node/issues/63785): after `{"h":[],"\\":0}` it reads the `"\""` of
 * `{"h":1,"\"":2}` as a backslash. So whoever sends the first would change what others' encryption contexts say.
 *
 * @throws SyntaxError for what is no JSON
 */
export function jsonValue(text: string): unknown {
  if (!text.includes('\\') || !hasEscapedName(text)) return JSON.parse(text)
  const { root, problems } = readJson(text)
  if (root === undefined) throw new SyntaxError(problems[0]?.message ?? 'not JSON')
  return plainValue(root)
}

/** Of a name that is given twice the last counts, as with `JSON.parse`. */
function plainValue(node: JsonNode): unknown {
  switch (node.kind) {
    case 'object':
      return Object.fromEntries(node.members.map(({ name, value }) => [name, plainValue(value)]))
    case 'array':
      return node.items.map(plainValue)
    case 'number':
      return Number(node.written)
    case 'null':
      return null
    default:
      return node.value
  }
}

const [quote, backslash, colon] = [0x22, 0x5c, 0x3a]

/** Whether a string with an escape in it is followed by a colon: one look at each character. */
function hasEscapedName(text: string): boolean {
  let inString = false
  let hasEscape = false
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charCodeAt(at)
    if (!inString) {
      if (letter === colon && hasEscape) return true
      // Between a name and its colon there is nothing but space.
      if (letter > 0x20) hasEscape = false
      inString = letter === quote
    } else if (letter === backslash) {
      hasEscape = true
      at += 1
    } else if (letter === quote) {
      inString = false
    }
  }
  return false
}
