import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

interface AuditRecord {
  readonly eventName: string
  readonly errorCode?: string
  readonly userIdentity: { readonly userName?: string }
  readonly resources?: readonly { readonly ARN: string }[]
  readonly additionalEventData: {
    readonly decision?: {
      readonly outcome: string
      readonly layer: string
      readonly statements: readonly { readonly sid?: string; readonly policy?: string }[]
      readonly grantId?: string
    }
  }
}

/** The journal's records of one key, a line each: who, what, and who decided. */
export async function records(directory: string, keyArn: string): Promise<string[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.jsonl')).sort()
  const texts = await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')))
  return texts
    .flatMap((text) => text.trimEnd().split('\n'))
    .flatMap((line) => (JSON.parse(line) as { record?: AuditRecord }).record ?? [])
    .filter((record) => record.resources?.some(({ ARN }) => ARN === keyArn))
    .map(({ userIdentity, eventName, additionalEventData: { decision } }) =>
      [
        (userIdentity.userName ?? 'root').padEnd(6),
        eventName.padEnd(20),
        (decision?.outcome ?? '').padEnd(13),
        decidedBy(decision),
      ].join(' '),
    )
}

function decidedBy(decision: AuditRecord['additionalEventData']['decision']): string {
  if (decision === undefined) return ''
  if (decision.grantId !== undefined) return `grant ${decision.grantId.slice(0, 8)}…`
  const names = decision.statements.map(({ sid, policy }) => `"${sid ?? policy ?? ''}"`)
  if (names.length > 0) return names.join(' and ')
  // A root user may do in its account what no key policy decides, and no statement has to say so.
  return decision.outcome === 'Allow' ? 'root of the account' : `no ${decision.layer} allows it`
}
