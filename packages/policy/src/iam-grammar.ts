import type { Problem, ProblemKind } from './problem.ts'

/**
 * What the IAM API checks beyond the grammar, in its own words, and which of several problems it reports.
 * Only policies that are put through IAM are held to this.
 */

interface Finding {
  readonly kind: ProblemKind
  readonly message: string
}

/** Texts of IAM for a kind of problem, in the order in which it looks for them; null: the problem says it. */
const reported: readonly [kind: ProblemKind, text: string | null][] = [
  ['syntax', 'Syntax errors in policy.'],
  ['grammar', 'Syntax errors in policy.'],
  ['version', 'Policy document must be version 2012-10-17 or greater.'],
  ['legacy', 'The policy failed legacy parsing'],
  ['sid', 'Statement IDs (SID) in a single policy must be unique.'],
  ['missing-action', 'Policy statement must contain actions.'],
  ['resource-format', null],
  ['action-format', null],
  ['missing-resource', 'Policy statement must contain resources.'],
  ['principal', null],
  ['not-supported', null],
  ['overly-permissive', null],
]

/** The text of IAM's `MalformedPolicyDocument` error: IAM names one problem only. */
export function malformedPolicyMessage(problems: readonly Problem[]): string {
  for (const [kind, text] of reported) {
    const problem = problems.find((candidate) => candidate.kind === kind)
    if (problem !== undefined) return text ?? problem.message
  }
  return 'Syntax errors in policy.'
}

/**
 * The text of KMS's `MalformedPolicyDocumentException`. Its words are known for principals and for conditions
 * that look stricter than they are; for the rest it says what is wrong where, as AWS's own are not documented.
 */
export function malformedKeyPolicyMessage(problems: readonly Problem[]): string {
  const [first] = problems.filter(
    (problem) => problem.kind !== 'principal' && problem.kind !== 'overly-permissive',
  )
  if (first?.kind === 'syntax') {
    return `the policy is not JSON: ${first.message} (line ${first.line}, column ${first.column})`
  }
  if (first !== undefined) return first.path === '' ? first.message : `${first.path}: ${first.message}`
  const principal = problems.some((problem) => problem.kind === 'principal')
  if (principal) return 'Policy contains a statement with one or more invalid principals.'
  return problems[0]?.message ?? 'the policy is malformed'
}

/** The text of `MalformedPolicyDocument` for a role's trust policy, which IAM reads by other rules and in other words. */
export function malformedTrustPolicyMessage(problems: readonly Problem[]): string {
  if (problems.some(({ kind }) => kind === 'syntax')) return 'This policy contains invalid Json'
  const [first] = problems
  if (first === undefined) return 'This policy contains invalid Json'
  const element = first.path.slice(first.path.lastIndexOf('.') + 1)
  if (first.message === 'is missing') return `Missing required field ${element}`
  if (/^is not an element of/.test(first.message)) return `Has prohibited field ${element}`
  if (first.kind === 'principal') return `Invalid principal in policy: ${first.message}`
  if (first.kind === 'not-supported') return first.message
  return first.path === '' ? first.message : `${first.path}: ${first.message}`
}

/** Checks the form of an action: `*` or `vendor:name`. */
export function checkAction(action: string): Finding | undefined {
  const parts = action.split(':')
  const [vendor = ''] = parts
  if (parts.length === 1 && vendor !== '*') {
    return actionFormat('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.')
  }
  if (parts.length > 2) return actionFormat('Actions/Condition can contain only one colon.')
  if (vendor !== '*' && /[^a-zA-Z0-9.-]/.test(vendor)) return actionFormat(`Vendor ${vendor} is not valid`)
  return undefined
}

function actionFormat(message: string): Finding {
  return { kind: 'action-format', message }
}

/** Checks the form of a resource. What looks like an ARN is not asked to exist, nor its service to be known. */
export function checkResource(resource: string): Finding | undefined {
  if (resource === '*') return undefined
  const [, partition, service, region, , ...rest] = resource.split(':')
  if (partition === undefined) return resourceFormat(`Resource ${resource} must be in ARN format or "*".`)
  if (!isPartition(partition)) return resourceFormat(wrongPartition(resource, partition))
  if (service === undefined) {
    return resourceFormat('Resource vendor must be fully qualified and cannot contain regexes.')
  }
  const cutOff = resource.includes('::') && resource.split(':').length < 6
  if (service === '' || cutOff) return { kind: 'legacy', message: `resource \`${resource}\` is cut off` }
  const name = rest.join(':')
  if (service === 'iam') return checkIamResource(resource, region, name)
  if (service === 's3' && region && !/[*?$]/.test(region) && !s3RegionalResource.test(name)) {
    return resourceFormat(`Resource ${resource} can not contain region information.`)
  }
  return undefined
}

function resourceFormat(message: string): Finding {
  return { kind: 'resource-format', message }
}

/** Partitions are not a closed list; a pattern or a variable may stand for one. */
function isPartition(text: string): boolean {
  return /^aws(-[a-z-]+)?$/.test(text) || /[*?$]/.test(text)
}

/** IAM names the resource with the missing parts filled in. */
function wrongPartition(resource: string, partition: string): string {
  const parts = resource.split(':').slice(2)
  const [first = '', second = '*', third = '*', ...others] = parts
  const service = first === '' && parts.length < 2 ? '*' : first
  const last = others.length > 0 ? others.join(':') : '*'
  return `Partition "${partition}" is not valid for resource "arn:${partition}:${service}:${second}:${third}:${last}".`
}

const s3RegionalResource = /^(access-grants|accesspoint|job|storage-lens|async-request|object-lambda|[*?$])/

const iamPaths = [
  'user/',
  'federated-user/',
  'role/',
  'group/',
  'instance-profile/',
  'mfa/',
  'server-certificate/',
  'policy/',
  'sms-mfa/',
  'saml-provider/',
  'oidc-provider/',
  'report/',
  'access-report/',
]

function checkIamResource(resource: string, region: string | undefined, name: string): Finding | undefined {
  if (region && region !== '*') {
    return resourceFormat(`IAM resource ${resource} cannot contain region information.`)
  }
  if (name === '' || /^[*?$]/.test(name) || name === 'root') return undefined
  if (iamPaths.some((path) => name.startsWith(path))) return undefined
  return resourceFormat(`IAM resource path must either be "*" or start with ${iamPaths.join(', ')}.`)
}

const dateForm = /^(-?\d+)(?:-(\d{1,2}))?(?:-(\d{1,2}))?$/
const timeForm = /^(?:(\d{1,2})(?::(\d{1,2}))?(?::(\d{1,2})(?:\.(\d+))?)?(?:Z|[+-](\d{2})(?::?(\d{2}))?)?)?$/i

/** Checks a date more leniently than reading one does: IAM takes dates that then match nothing. */
export function isDateForIam(text: string): boolean {
  const [date = '', ...times] = text.split(/t/i)
  const time = times.join('T')
  const dateParts = dateForm.exec(date)
  const timeParts = timeForm.exec(time)
  if (dateParts === null || timeParts === null) return false
  const [, year = '0', month = '1', day = '1'] = dateParts
  const [, hour = '0', minute = '0', second = '0', fraction = '0', zoneHour = '0', zoneMinute = '0'] =
    timeParts
  const limits: readonly [value: string, min: number, max: number][] = [
    [month, 1, 12],
    [day, 1, 31],
    [hour, 0, 23],
    [minute, 0, 59],
    [second, 0, 59],
    [fraction, 0, 999_999_999],
    [zoneHour, 0, 23],
    [zoneMinute, 0, 59],
  ]
  if (limits.some(([value, min, max]) => Number(value) < min || Number(value) > max)) return false
  const plain = date === text && /^-?\d+$/.test(text)
  // A number alone is a year or a count of milliseconds, and only has to fit into 64 bits.
  return plain ? fitsInto64Bits(text) : Number(year) >= -292_275_054 && Number(year) <= 292_278_993
}

function fitsInto64Bits(text: string): boolean {
  const digits = text.replace(/^-?0*/, '')
  const most = text.startsWith('-') ? '9223372036854775808' : '9223372036854775807'
  return digits.length < most.length || (digits.length === most.length && digits <= most)
}
