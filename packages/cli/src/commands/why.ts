import { explanationLines } from '@claviger/policy'
import { askWhy, type ExplainedDenial, type Retirement, type WhyAnswer } from '@claviger/server/asking'
import { type Command, type ExitCode, exitCode, type Flags, type Io } from '../command.ts'
import { askRunning, dataDirFlag } from '../running-service.ts'
import { columns, paint, paintMark, say, sayError, widthOf } from '../terminal.ts'

export const why: Command = {
  argument: {
    name: 'request-id',
    meaning: 'as the error of any AWS client shows it (RequestId, $metadata.requestId)',
  },
  flags: [
    dataDirFlag,
    { name: 'full', meaning: 'every layer, policy and statement too' },
    { name: 'json', meaning: 'all of it as data, with the policies as they were at that moment' },
  ],
  notes: [
    'The caller of a denied call reads what AWS says, and no more. This is for whoever runs the service: it asks',
    'the running one through a socket in its data directory, and needs to be able to read that.',
  ],
  async run(flags, io, [requestId = '']) {
    const answer = await askRunning(flags, io, (dataDir) => askWhy(dataDir, requestId))
    if (answer === exitCode.failed) return answer
    if (flags.json !== undefined) say(io.stdout, JSON.stringify(answer))
    return tell(answer, requestId, flags, io)
  },
}

/** Says it to a person, unless it was said as data; and ends with no where there was no denial to explain. */
function tell(answer: WhyAnswer, requestId: string, flags: Flags, io: Io): ExitCode {
  if (answer.kind === 'denied') {
    if (flags.json === undefined) say(io.stdout, ...denialLines(answer.denial, flags, io))
    return exitCode.yes
  }
  if (flags.json === undefined) sayError(io.stderr, sentenceOf(answer, requestId), hintOf(answer))
  return exitCode.no
}

function denialLines(denial: ExplainedDenial, flags: Flags, io: Io): string[] {
  const { operation, service, region, time, sourceIp, userAgent, accessKeyId, explanation, retirement } =
    denial
  const head = [
    paint(io.stdout, 'bold', `${operation} was denied`),
    ...columns([
      ['when', time],
      ['where', `${service}, ${region}`],
      ['from', `${sourceIp}${userAgent === '' ? '' : `, ${userAgent}`}`],
      ['credential', accessKeyId],
    ]),
    '',
  ]
  if (explanation === undefined) return [...head, ...(retirement ? retirementLines(denial, retirement) : [])]
  const detail = flags.full === undefined ? ('summary' as const) : ('full' as const)
  const lines = explanationLines(explanation, { ...widthOf(io.stdout), detail })
  return [...head, ...lines.map((line) => paintMark(io.stdout, line))]
}

/** No policy lets anybody retire a grant by itself; so the answer is who the grant lets. */
function retirementLines({ caller }: ExplainedDenial, retirement: Retirement): string[] {
  const { grantId, decision, retiringPrincipal, grantee, issuingAccount } = retirement
  const may = [
    ...(retiringPrincipal === undefined ? [] : [`${retiringPrincipal}, its retiring principal`]),
    ...(grantee === undefined ? [] : [`${grantee}, its grantee, who was given RetireGrant`]),
    `account ${issuingAccount}, in which it was made, by its identity policies`,
  ]
  const denial =
    decision === 'ExplicitDeny' ? retirement.sentence : `the grant does not let ${caller} retire it`
  return [`grant ${grantId}: ${denial}`, '  it may be retired by', ...may.map((who) => `  · ${who}`)]
}

type Undenied = Exclude<WhyAnswer, { readonly kind: 'denied' }>

function sentenceOf(answer: Undenied, requestId: string): string {
  if (answer.kind === 'unknown') return `no call with the request id ${requestId} is known`
  const { eventName = 'the call', eventTime = '', errorCode = '', errorMessage } = answer.record as Recorded
  const call = `${eventName} at ${eventTime}`
  switch (answer.kind) {
    case 'allowed':
      return `${call} was allowed, and answered without an error`
    case 'failed':
      return `${call} was not denied: it failed with ${errorCode}${errorMessage === undefined ? '' : `: ${errorMessage}`}`
    case 'not-there':
      return `${call} was answered like a denial because what it named is not here, which its caller is not told`
    case 'not-kept':
      return `${call} was denied, but what was asked is not kept any more: ${errorMessage ?? errorCode}`
  }
}

/** The members of a journal's record that these sentences need. */
interface Recorded {
  readonly eventName?: string
  readonly eventTime?: string
  readonly errorCode?: string
  readonly errorMessage?: string
}

function hintOf({ kind }: Undenied): string | undefined {
  switch (kind) {
    case 'unknown':
      return 'a request that nobody is known to have signed leaves no record; otherwise look whether this is the right --data-dir'
    case 'not-kept':
      return 'the last 10,000 denials are kept; `claviger policy eval` explains a case that you write down'
    case 'allowed':
    case 'failed':
    case 'not-there':
      return undefined
  }
}
