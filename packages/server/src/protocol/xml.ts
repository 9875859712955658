/** XML as far as we write it. Nothing here reads any: no request carries XML. */

/** Characters that XML 1.0 cannot carry at all, not even escaped; a reader would refuse the whole answer. */
const impossible = /(?![\t\n\r\x7F-\x9F])\p{Cc}|\p{Cs}|[\uFFFE\uFFFF]/gu

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // A reader would turn a bare carriage return into a line feed.
  '\r': '&#13;',
}

/** Text between tags. */
export function escapeXml(text: string): string {
  return text
    .replace(impossible, '\uFFFD')
    .replace(/[&<>"'\r]/g, (character) => escapes[character] ?? character)
}

/** One element around what is XML already. */
export function element(name: string, content: string): string {
  return `<${name}>${content}</${name}>`
}
