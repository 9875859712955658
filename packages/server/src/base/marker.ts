/** A place in a list: what tells its entries apart, as the last thing on the page before has it. */
export type Position = readonly string[]

/** The marker a caller gives back to go on; opaque to them, and no secret: it names what they were just shown. */
export function markerOf(position: Position): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url')
}

/** The place that a marker names; `undefined` for anything but what `markerOf` made of so many parts. */
export function readMarker(marker: string, parts: number): Position | undefined {
  const position = parsed(Buffer.from(marker, 'base64url').toString())
  const isPosition = Array.isArray(position) && position.length === parts && position.every(isPart)
  return isPosition && markerOf(position) === marker ? position : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isPart(part: unknown): part is string {
  return typeof part === 'string'
}
