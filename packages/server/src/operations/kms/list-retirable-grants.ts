import { namesOfService } from '@claviger/policy'
import { shownPrincipal } from '../../access/shown-principal.ts'
import type { Call } from '../../call/call.ts'
import { page, pageOf } from '../../keys/paging.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { KmsOperations } from '../../protocol/models/kms.ts'
import type { Operation, Subject } from '../operation.ts'
import { grantEntry } from './grant-entry.ts'

type Types = KmsOperations['ListRetirableGrants']

export const listRetirableGrants: Operation<Types['input'], Types['output'], Subject> = {
  service: 'kms',
  name: 'ListRetirableGrants',
  summary: 'Lists the grants that a principal of this account may retire.',
  defaults: {},
  check(input) {
    if ((input.RetiringPrincipal === undefined) !== (input.RetiringServicePrincipal === undefined)) return
    throw new Refusal(
      'ValidationException',
      'Exactly one of RetiringPrincipal and RetiringServicePrincipal must be specified.',
    )
  },
  find: async () => ({ keys: [] }),
  needs(input, _subject, call) {
    // A service has no policies of its own to allow it: it may ask for what it may retire, and for nothing else.
    if (isOwn(input.RetiringServicePrincipal, call)) return []
    const resource = input.RetiringPrincipal ?? '*'
    return [{ action: 'kms:ListRetirableGrants', resource, named: 'not-at-all', facts: {} }]
  },
  require(input, _subject, call) {
    if (isOwn(input.RetiringServicePrincipal, call)) return
    if (input.RetiringPrincipal === undefined) {
      throw new Refusal('ValidationException', 'RetiringServicePrincipal can be used by AWS services only.')
    }
    if (input.RetiringPrincipal.split(':')[4] === call.caller.account) return
    throw new Refusal('InvalidArnException', 'The retiring principal must be in your AWS account')
  },
  async handle({ input, call, parts: { catalog } }) {
    const { limit, after } = pageOf('ListRetirableGrants', input, 3)
    const retiring = input.RetiringPrincipal ?? input.RetiringServicePrincipal ?? ''
    // By who they are and not by their name, which may have been somebody else's when the grant was made.
    const prefix = [call.region, (await catalog.principals.uniqueIdOf(retiring)) ?? retiring]
    const read = await catalog.store.list('grant', {
      index: 'retiring',
      prefix,
      limit: limit + 1,
      ...(after === undefined ? {} : { after: [...prefix, ...after] }),
    })
    const { items, ending } = page(read, limit, ({ value }) => [value.grantId, value.account, value.keyId])
    const shown = items.map(({ value }) => grantEntry(value, (arn, id) => shownPrincipal(arn, id, catalog)))
    return { Grants: await Promise.all(shown), ...ending }
  },
}

/** Whether a service asks for its own, by one of its names. */
function isOwn(name: string | undefined, { caller: { principal } }: Call): boolean {
  return name !== undefined && principal.kind === 'service' && namesOfService(principal).includes(name)
}
