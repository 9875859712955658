import { bodyBytesMost, headBytesMost } from '../../src/http/request-parser.ts'

/** Bytes that somebody sends who means no good or knows no better, and how many requests are read before the refusal. */
export interface Attack {
  readonly title: string
  readonly bytes: string
  /** Requests that come out, by their paths. */
  readonly requests?: readonly string[]
  /** What is said then; nothing where the rest is waited for, or there is no fault. */
  readonly fault?: 'not HTTP' | 'headers too long' | 'body too long'
}

const post = (lines: readonly string[], rest = '') =>
  `POST / HTTP/1.1\r\nHost: h\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n${rest}`
const chunked = (rest: string, ...lines: readonly string[]) =>
  post(['Transfer-Encoding: chunked', ...lines], rest)
const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n'

const none = { fault: 'not HTTP' } as const

/** One row per attack. RFC 9112 says of nearly all of them that they must be refused, or may be. */
export const attacks: readonly Attack[] = [
  // How long the body is, said in two ways (§6.3).
  {
    title: 'a length and chunks',
    bytes: post(['Content-Length: 4', 'Transfer-Encoding: chunked'], `0\r\n\r\n${smuggled}`),
    ...none,
  },
  { title: 'chunks and a length', bytes: chunked(`0\r\n\r\n${smuggled}`, 'Content-Length: 4'), ...none },
  { title: 'two lengths', bytes: post(['Content-Length: 0', 'Content-Length: 38'], smuggled), ...none },
  { title: 'the same length twice', bytes: post(['Content-Length: 2', 'Content-Length: 2'], '{}'), ...none },
  { title: 'two lengths in one line', bytes: post(['Content-Length: 2, 2'], '{}'), ...none },
  ...['+2', '-2', '0x2', '2 ;', '2.0', '', '1e1', '２', '2\v', '9'.repeat(16)].map((length) => ({
    title: `a length of \`${length}\``,
    bytes: post([`Content-Length: ${length}`], '{}'),
    ...none,
  })),
  // How a body is coded (§6.1, §7).
  ...[
    'gzip',
    'gzip, chunked',
    'chunked, chunked',
    'chunked, identity',
    'identity',
    '',
    'xchunked',
    'chunked;a=b',
    '"chunked"',
    'chunked\v',
  ].map((coding) => ({
    title: `the coding \`${coding}\``,
    bytes: post([`Transfer-Encoding: ${coding}`], `0\r\n\r\n${smuggled}`),
    ...none,
  })),
  {
    title: 'two codings in two lines',
    bytes: chunked(`0\r\n\r\n${smuggled}`, 'Transfer-Encoding: identity'),
    ...none,
  },
  {
    title: 'chunks from HTTP/1.0',
    bytes: 'POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ...none,
  },
  {
    title: 'a coding whose name has a space behind it',
    bytes: post(['Transfer-Encoding : chunked'], '0\r\n\r\n'),
    ...none,
  },
  {
    title: 'a coding in a folded line',
    bytes: post(['Transfer-Encoding:', ' chunked'], '0\r\n\r\n'),
    ...none,
  },
  // Chunks (§7.1).
  ...[
    '',
    'g',
    '-1',
    '+1',
    '0x1',
    ' 1',
    '1 ',
    '1\t',
    '1;a=\0',
    '1;a=b\rc',
    '123456789',
    `1;${'a'.repeat(300)}`,
  ].map((size) => ({
    title: `a chunk size of \`${size.slice(0, 12)}\``,
    bytes: chunked(`${size}\r\nx\r\n0\r\n\r\n`),
    ...none,
  })),
  { title: 'a chunk size that ends in a bare LF', bytes: chunked('1\nx\r\n0\r\n\r\n'), ...none },
  {
    title: 'a chunk extension that ends in a bare LF',
    bytes: chunked(`1;a\nx\r\n0\r\n\r\n${smuggled}`),
    ...none,
  },
  {
    title: 'a chunk that is longer than it says',
    bytes: chunked(`1\r\nxy\r\n0\r\n\r\n${smuggled}`),
    ...none,
  },
  { title: 'a chunk that ends in a bare LF', bytes: chunked(`1\r\nx\n0\r\n\r\n${smuggled}`), ...none },
  { title: 'a chunk that ends in a bare CR', bytes: chunked(`1\r\nx\r0\r\n\r\n${smuggled}`), ...none },
  { title: 'a chunk longer than any body', bytes: chunked('ffffffff\r\n'), fault: 'body too long' },
  {
    title: 'chunks that are longer than any body together',
    bytes: chunked(`10000\r\n${'x'.repeat(65_536)}\r\n`.repeat(17)),
    fault: 'body too long',
  },
  { title: 'chunks with extensions', bytes: chunked('1;a=b ; c="d"\r\nx\r\n00;e\r\n\r\n'), requests: ['/'] },
  {
    title: 'trailers, which are passed over',
    bytes: chunked('0\r\nContent-Length: 3\r\nHost: other\r\n\r\n'),
    requests: ['/'],
  },
  { title: 'a trailer that is no header', bytes: chunked(`0\r\nGET /smuggled HTTP/1.1\r\n\r\n`), ...none },
  { title: 'a folded trailer', bytes: chunked('0\r\na: b\r\n c\r\n\r\n'), ...none },
  { title: 'trailers without end', bytes: chunked(`0\r\n${'a: b\r\n'.repeat(3000)}\r\n`), ...none },
  { title: 'a trailer of one endless line', bytes: chunked(`0\r\na:${'b'.repeat(9000)}`), ...none },
  // Lines (§2.2, §5).
  { title: 'bare LFs', bytes: 'GET / HTTP/1.1\nHost: h\n\n', ...none },
  { title: 'a bare LF in a header', bytes: post(['A: b\nContent-Length: 38'], smuggled), ...none },
  { title: 'a bare CR in a header', bytes: post(['A: b\rContent-Length: 38'], smuggled), ...none },
  { title: 'a bare CR behind the first line', bytes: 'GET / HTTP/1.1\rHost: h\r\n\r\n', ...none },
  { title: 'a NUL in a value', bytes: post(['A: b\0c']), ...none },
  { title: 'a NUL in a name', bytes: post(['A\0: b']), ...none },
  { title: 'another control character', bytes: post(['A: \x1b[31m']), ...none },
  { title: 'a folded line', bytes: post(['A: b', ' c']), ...none },
  { title: 'a folded line with a tab', bytes: post(['A: b', '\tContent-Length: 38'], smuggled), ...none },
  { title: 'a folded line before all others', bytes: 'GET / HTTP/1.1\r\n Host: h\r\n\r\n', ...none },
  { title: 'a space before a colon', bytes: post(['Content-Length : 2'], '{}'), ...none },
  { title: 'a line without a colon', bytes: post(['Nonsense']), ...none },
  { title: 'a name of nothing', bytes: post([': b']), ...none },
  { title: 'a name in quotation marks', bytes: post(['"A": b']), ...none },
  { title: 'a name beyond ASCII', bytes: post(['Ü: b']), ...none },
  {
    title: 'a length whose name looks like it',
    bytes: post(['Content_Length: 38'], smuggled),
    requests: ['/', '/smuggled'],
  },
  {
    title: 'a head without end',
    bytes: post([`A: ${'a'.repeat(headBytesMost)}`]),
    fault: 'headers too long',
  },
  {
    title: 'a first line without end',
    bytes: `GET /${'a'.repeat(headBytesMost)}`,
    fault: 'headers too long',
  },
  {
    title: 'very many lines',
    bytes: post(Array.from({ length: 300 }, () => 'a: b')),
    fault: 'headers too long',
  },
  { title: 'no HTTP without end', bytes: `\n${'a'.repeat(40_000)}`, ...none },
  {
    title: 'a body longer than anything',
    bytes: post([`Content-Length: ${bodyBytesMost + 1}`]),
    fault: 'body too long',
  },
  // Hosts (§3.2).
  { title: 'no host', bytes: 'GET / HTTP/1.1\r\n\r\n', ...none },
  { title: 'two hosts', bytes: post(['Host: other']), ...none },
  { title: 'a host that is none', bytes: 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n', ...none },
  { title: 'a host with a user', bytes: 'GET / HTTP/1.1\r\nHost: a@b\r\n\r\n', ...none },
  { title: 'no host in HTTP/1.0', bytes: 'GET / HTTP/1.0\r\n\r\n', requests: ['/'] },
  // Targets (§3.2) and first lines (§3).
  { title: 'a target with a host', bytes: 'GET http://H/a?b HTTP/1.1\r\nHost: h\r\n\r\n', requests: ['/a'] },
  {
    title: 'a target that is only a host',
    bytes: 'GET https://h?b HTTP/1.1\r\nHost: h\r\n\r\n',
    requests: ['/'],
  },
  { title: 'a target with another host', bytes: 'GET http://other/ HTTP/1.1\r\nHost: h\r\n\r\n', ...none },
  { title: 'a target of another scheme', bytes: 'GET ftp://h/ HTTP/1.1\r\nHost: h\r\n\r\n', ...none },
  { title: 'a target with a fragment', bytes: 'GET /#a HTTP/1.1\r\nHost: h\r\n\r\n', ...none },
  { title: 'a target that is no path', bytes: 'GET a HTTP/1.1\r\nHost: h\r\n\r\n', ...none },
  { title: 'a star', bytes: 'OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n', requests: ['*'] },
  { title: 'a star for what has none', bytes: 'GET * HTTP/1.1\r\nHost: h\r\n\r\n', ...none },
  { title: 'a tunnel', bytes: 'CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n', ...none },
  { title: 'a method that nobody knows', bytes: 'BREW / HTTP/1.1\r\nHost: h\r\n\r\n', requests: ['/'] },
  { title: 'a method that is none', bytes: 'GE(T / HTTP/1.1\r\nHost: h\r\n\r\n', ...none },
  { title: 'two spaces', bytes: 'GET  / HTTP/1.1\r\nHost: h\r\n\r\n', ...none },
  { title: 'a tab for a space', bytes: 'GET\t/ HTTP/1.1\r\nHost: h\r\n\r\n', ...none },
  { title: 'a space in a target', bytes: 'GET /a b HTTP/1.1\r\nHost: h\r\n\r\n', ...none },
  { title: 'a space behind the version', bytes: 'GET / HTTP/1.1 \r\nHost: h\r\n\r\n', ...none },
  { title: 'no version', bytes: 'GET /\r\nHost: h\r\n\r\n', ...none },
  ...['HTTP/2.0', 'HTTP/1.2', 'HTTP/0.9', 'http/1.1', 'HTTP/1.10', 'HTTP/11'].map((version) => ({
    title: `the version ${version}`,
    bytes: `GET / ${version}\r\nHost: h\r\n\r\n`,
    ...none,
  })),
  { title: 'the preface of HTTP/2', bytes: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', ...none },
  { title: 'TLS where there is none', bytes: '\x16\x03\x01\x02\0\x01', ...none },
  { title: 'an empty line first', bytes: `\r\n${smuggled}`, requests: ['/smuggled'] },
  { title: 'two empty lines first', bytes: `\r\n\r\n${smuggled}`, ...none },
  // Pipelining (§9.3.2).
  {
    title: 'three requests at once',
    bytes: `${smuggled}${post(['Content-Length: 2'], '{}')}${smuggled}`,
    requests: ['/smuggled', '/', '/smuggled'],
  },
  {
    title: 'a request and nonsense',
    bytes: `${smuggled}nonsense\r\n\r\n`,
    requests: ['/smuggled'],
    fault: 'not HTTP',
  },
  {
    title: 'a body that is a request',
    bytes: post([`Content-Length: ${smuggled.length}`], smuggled),
    requests: ['/'],
  },
  {
    title: 'a body with a GET',
    bytes: 'GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}',
    requests: ['/'],
  },
  { title: 'half a body', bytes: post(['Content-Length: 3'], '{}') },
]
