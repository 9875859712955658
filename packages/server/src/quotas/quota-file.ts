import { readYamlTexts } from '../base/yaml-texts.ts'
import { adjustableIamQuotas } from '../identity/quotas.ts'
import type { Adjustment } from './limits.ts'
import { requestQuotas, sharedQuotaNames } from './request-quotas.ts'
import { adjustableResources } from './resource-quotas.ts'

/** What a file of quotas says, or everything that is wrong with it. */
export type QuotaFile =
  | { readonly ok: true; readonly adjustments: readonly Adjustment[]; readonly countsRequests: boolean }
  | { readonly ok: false; readonly problems: readonly string[] }

/** The account and Region that a part of the file is about; all of them where it does not say. */
type Place = Pick<Adjustment, 'account' | 'region'>

/** Reads a file of quotas. */
export function parseQuotaFile(text: string): QuotaFile {
  const yaml = readYamlTexts(text)
  if (!yaml.ok) return yaml
  const reading = new Reading()
  const members = reading.members(yaml.content, '', ['requests', 'resources', 'regions', 'accounts'])
  const countsRequests = members.get('requests') !== 'off'
  if (!countsRequests) members.delete('requests')
  reading.place(members, '', {})
  for (const [account, part] of reading.members(members.get('accounts'), 'accounts')) {
    const path = `accounts.${account}`
    if (!/^\d{12}$/.test(account)) reading.problem(path, 'is not an account id of 12 digits')
    reading.place(reading.members(part, path, ['requests', 'resources', 'regions']), path, { account })
  }
  return reading.problems.length > 0
    ? { ok: false, problems: reading.problems }
    : { ok: true, adjustments: reading.adjustments, countsRequests }
}

/** A file while it is read: what is wrong with it is noted, and reading goes on. */
class Reading {
  readonly adjustments: Adjustment[] = []
  readonly problems: string[] = []

  problem(path: string, sentence: string): void {
    this.problems.push(path === '' ? `the file ${sentence}` : `\`${path}\` ${sentence}`)
  }

  /** The members of a part by name; a part that is not there, or says nothing, has none. */
  members(part: unknown, path: string, known?: readonly string[]): Map<string, unknown> {
    if (part === undefined || part === null || part === '') return new Map()
    if (typeof part !== 'object' || Array.isArray(part)) {
      this.problem(path, 'must have members, as name: value')
      return new Map()
    }
    const members = Object.entries(part)
    for (const [name] of members) {
      if (known === undefined || known.includes(name)) continue
      this.problem(pathOf(path, name), `is not known here; there is ${known.join(', ')}`)
    }
    return new Map(members)
  }

  /** What is said of one account or all, and within it of its Regions. */
  place(members: ReadonlyMap<string, unknown>, path: string, place: Place): void {
    this.quotas(members, path, place)
    const regionsPath = pathOf(path, 'regions')
    for (const [region, part] of this.members(members.get('regions'), regionsPath)) {
      const regionPath = pathOf(regionsPath, region)
      if (!/^[a-z]{2}(?:-[a-z]+)+-\d{1,2}$/.test(region)) {
        this.problem(regionPath, 'is not a Region name, as in us-east-1')
      }
      this.quotas(this.members(part, regionPath, ['requests', 'resources']), regionPath, { ...place, region })
    }
  }

  quotas(members: ReadonlyMap<string, unknown>, path: string, place: Place): void {
    const requestsPath = pathOf(path, 'requests')
    for (const [quota, written] of this.members(members.get('requests'), requestsPath)) {
      const at = pathOf(requestsPath, quota)
      if (!requestQuotas.has(quota)) this.problem(at, noRequestQuota(quota))
      this.put(at, { ...place, quota }, readRate(written), 'is not a number of requests per second above 0')
    }
    const resourcesPath = pathOf(path, 'resources')
    for (const [quota, written] of this.members(members.get('resources'), resourcesPath)) {
      const at = pathOf(resourcesPath, quota)
      const known = place.region === undefined ? adjustableEverywhere : adjustableResources
      if (!known.includes(quota)) this.problem(at, noResource(quota, known))
      this.put(at, { ...place, quota }, readCount(written), 'is not a whole number')
    }
  }

  put(path: string, adjustment: Omit<Adjustment, 'value'>, value: number | undefined, wrong: string): void {
    if (value === undefined) this.problem(path, wrong)
    else this.adjustments.push({ ...adjustment, value })
  }
}

/** What may be said of all Regions together alone: IAM is the same in all of them. */
const adjustableEverywhere = [...adjustableResources, ...adjustableIamQuotas]

function noResource(quota: string, known: readonly string[]): string {
  return adjustableEverywhere.includes(quota)
    ? 'is a quota of IAM, which has no Regions'
    : `is no adjustable quota; there is ${known.join(', ')}`
}

function pathOf(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

/** Operations that share a quota are the likeliest mistake. */
function noRequestQuota(quota: string): string {
  const shared = quota.startsWith('GenerateDataKeyPair')
    ? [...requestQuotas.keys()].filter((name) => name.startsWith('GenerateDataKeyPair ('))
    : sharedQuotaNames(quota)
  if (shared.length === 0) return 'is no request quota of AWS KMS'
  return `has no quota of its own; it counts in ${shared.map((name) => `\`${name}\``).join(', ')}`
}

/** The most that is taken for a number; whoever wants no quota at all says so with `requests: off`. */
const numberMost = 1e9

function readRate(written: unknown): number | undefined {
  const rate = typeof written === 'string' && /^\d+(?:\.\d+)?$/.test(written) ? Number(written) : 0
  return rate > 0 && rate <= numberMost ? rate : undefined
}

function readCount(written: unknown): number | undefined {
  const count = typeof written === 'string' && /^\d+$/.test(written) ? Number(written) : -1
  return count >= 0 && count <= numberMost ? count : undefined
}
