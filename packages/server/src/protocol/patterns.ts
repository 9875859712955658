/**
 * A pattern of a service model as a regular expression over the whole value. Models are written for Java,
 * which reads two things differently: `\s` there is ASCII only, and a match always spans everything.
 * None of the published patterns can backtrack badly; a test holds each of them to that with 128 KiB.
 */
export function compilePattern(pattern: string): RegExp {
  const ascii = pattern.replaceAll('\\s', ' \\t\\n\\x0B\\f\\r')
  // Letters and numbers by property need Unicode mode, which in turn refuses some escapes Java allows.
  return new RegExp(`^(?:${ascii})$`, pattern.includes('\\p{') ? 'u' : '')
}
