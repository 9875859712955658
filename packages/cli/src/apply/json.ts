/** A value as JSON has it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json }

export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

/** The value with each of its texts replaced; names of members stay. */
export function mapTexts(value: Json, replaced: (text: string) => string): Json {
  if (typeof value === 'string') return replaced(value)
  if (typeof value !== 'object' || value === null) return value
  if (isList(value)) return value.map((item) => mapTexts(item, replaced))
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapTexts(item, replaced)]))
}
