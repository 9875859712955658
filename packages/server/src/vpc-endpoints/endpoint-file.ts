import { parsePolicy } from '@claviger/policy'
import { doOverlap, isNetwork, type ListenAddress, parseListenAddress } from '../base/network.ts'
import { readYamlTexts } from '../base/yaml-texts.ts'

/** One endpoint as a file describes it. */
export interface DescribedEndpoint {
  readonly id: string
  readonly vpcId: string
  readonly account: string
  readonly region?: string
  /** Addresses or networks, as in 10.0.0.0/8, from which whatever comes has come through it. */
  readonly networks: readonly string[]
  /** An address of its own: whatever arrives there has come through it. */
  readonly listen?: ListenAddress
  /** What may be done through it: the text of a policy that parses. */
  readonly policy: string
}

/** What a file of endpoints says, or everything that is wrong with it. */
export type EndpointFile =
  | { readonly ok: true; readonly endpoints: readonly DescribedEndpoint[] }
  | { readonly ok: false; readonly problems: readonly string[] }

/** What AWS gives an endpoint that nobody gave a policy. */
const everything = '{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}]}'

/** Reads a file of VPC endpoints: a part for each under its id. */
export function parseEndpointFile(text: string): EndpointFile {
  const yaml = readYamlTexts(text)
  if (!yaml.ok) return yaml
  const problems: string[] = []
  const { content } = yaml
  if (!isPart(content) || Object.keys(content).length === 0) {
    return { ok: false, problems: ['the file has no endpoints, as vpce-0123456789abcdef0: …'] }
  }
  const endpoints = Object.entries(content).map(([id, part]) => {
    if (!/^vpce-[0-9a-z-]{1,64}$/.test(id))
      problems.push(`\`${id}\` is not the id of an endpoint, as vpce-0a1b2c`)
    return readEndpoint(id, part, (member, sentence) => {
      problems.push(`\`${member === '' ? id : `${id}.${member}`}\` ${sentence}`)
    })
  })
  problems.push(...overlaps(endpoints), ...sharedAddresses(endpoints))
  return problems.length > 0 ? { ok: false, problems } : { ok: true, endpoints }
}

type Part = Readonly<Record<string, unknown>>
type Report = (member: string, sentence: string) => void

function isPart(part: unknown): part is Part {
  return typeof part === 'object' && part !== null && !Array.isArray(part)
}

const known = ['vpc', 'account', 'region', 'networks', 'listen', 'policy']

function readEndpoint(id: string, written: unknown, report: Report): DescribedEndpoint {
  const part = isPart(written) ? written : {}
  if (!isPart(written)) report('', `must have members: ${known.join(', ')}`)
  for (const name of Object.keys(part)) {
    if (!known.includes(name)) report(name, `is not known here; there is ${known.join(', ')}`)
  }
  const text = (name: string, form: RegExp, what: string) => {
    const value = part[name]
    if (typeof value === 'string' && form.test(value)) return value
    report(name, what)
    return ''
  }
  const networks = readNetworks(part.networks, report)
  const listen = part.listen === undefined ? undefined : readAddress(part.listen, report)
  if (part.networks === undefined && part.listen === undefined) {
    report('', 'says neither by `networks` nor by `listen` what comes through it')
  }
  return {
    id,
    vpcId: text('vpc', /^vpc-[0-9a-z-]{1,64}$/, 'is not the id of a VPC, as vpc-0a1b2c'),
    account: text('account', /^\d{12}$/, 'is not an account id of 12 digits'),
    ...(part.region !== undefined && {
      region: text('region', /^[a-z]{2}(?:-[a-z]+)+-\d{1,2}$/, 'is not a Region name, as in us-east-1'),
    }),
    networks,
    ...(listen !== undefined && { listen }),
    policy: readPolicy(part.policy, report),
  }
}

function readNetworks(written: unknown, report: Report): readonly string[] {
  if (written === undefined) return []
  if (!Array.isArray(written) || written.length === 0) {
    report('networks', 'is not a list of networks, as in [10.0.0.0/8]')
    return []
  }
  return written.filter((network, index) => {
    if (typeof network === 'string' && isNetwork(network)) return true
    report(`networks[${index}]`, 'is not an address or network, as in 10.0.0.0/8')
    return false
  })
}

function readAddress(written: unknown, report: Report): ListenAddress | undefined {
  const address = parseListenAddress(String(written))
  if (address === undefined) report('listen', 'is not address:port, as in 10.0.0.5:8420 or [::1]:8420')
  return address
}

/** A policy as members of the file, or as JSON in a text. */
function readPolicy(written: unknown, report: Report): string {
  if (written === undefined) return everything
  const text = typeof written === 'string' ? written : JSON.stringify(written)
  const parsed = parsePolicy(text, 'endpoint-policy')
  for (const { path, message } of parsed.ok ? [] : parsed.problems) {
    report(path === '' ? 'policy' : `policy.${path}`, message)
  }
  return text
}

/** What comes from an address has come through one endpoint. */
function overlaps(endpoints: readonly DescribedEndpoint[]): string[] {
  const all = endpoints.flatMap(({ id, networks }) => networks.map((network) => ({ id, network })))
  return all.flatMap((one, index) =>
    all
      .slice(index + 1)
      .filter((other) => other.id !== one.id && doOverlap(one.network, other.network))
      .map(
        (other) => `\`${other.id}.networks\` has ${other.network}, which \`${one.id}\` has in ${one.network}`,
      ),
  )
}

function sharedAddresses(endpoints: readonly DescribedEndpoint[]): string[] {
  const idByAddress = new Map<string, string>()
  return endpoints.flatMap(({ id, listen }) => {
    if (listen === undefined || listen.port === 0) return []
    const address = `${listen.host}:${listen.port}`
    const other = idByAddress.get(address)
    idByAddress.set(address, id)
    return other === undefined ? [] : [`\`${id}.listen\` is the address of \`${other}\` too`]
  })
}
