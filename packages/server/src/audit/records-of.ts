import type { Authorization, Layer } from '@claviger/policy'
import type { EventRecord } from './ledger.ts'
import { type Happening, recipientOf, resourcesOf } from './record.ts'

/**
 * The records of one call: one for the caller's account, and one for every other account whose key or role was used,
 * under one `sharedEventID` (AWS CloudTrail User Guide, "sharedEventID"). A call that was not allowed is nobody's but the
 * caller's, as on AWS; and its record says no more about what is not his than the caller was told.
 *
 * @param newId makes the ids beside the call's own
 * @param write makes one record
 */
export function recordsOf(
  happening: Happening,
  newId: () => string,
  write: (happening: Happening) => EventRecord,
): readonly EventRecord[] {
  const recipient = recipientOf(happening)
  const owners = ownersBeside(happening, recipient)
  if (owners.length === 0) return [write(happening)]
  if (!wasAllowed(happening)) return [write(withoutWhatIsForeign(happening, recipient))]
  const sharedEventId = newId()
  return [
    write({ ...happening, decisions: happening.decisions.map(callersPart), sharedEventId }),
    ...owners.map((owner) =>
      write({ ...ownersPart(happening, owner), eventId: newId(), sharedEventId, owner }),
    ),
  ]
}

/** Accounts other than the recipient whose resources the call was about; mostly none. */
function ownersBeside(happening: Happening, recipient: string): readonly string[] {
  const { keys, otherResources } = happening
  if (otherResources.length === 0 && keys.every(({ key }) => key.account === recipient)) return []
  const accounts = resourcesOf(happening).map(({ accountId }) => accountId)
  return [...new Set(accounts)].filter((account) => account !== recipient)
}

/** Whatever became of it afterwards. */
function wasAllowed({ refusal, decisions }: Happening): boolean {
  if (refusal === undefined) return true
  return decisions.length > 0 && decisions.every(({ decision }) => decision === 'Allow')
}

/** Whether a key of another account is there, and what its policies say, is not for a caller whom they keep out. */
function withoutWhatIsForeign(happening: Happening, recipient: string): Happening {
  return {
    ...happening,
    keys: happening.keys.filter(({ key }) => key.account === recipient),
    otherResources: happening.otherResources.filter((arn) => arn.split(':')[4] === recipient),
    decisions: [],
    extra: {},
  }
}

/** What an account's own policies say of it is for that account: the key's are the owner's, all others the caller's. */
const ownersLayers = new Set<Layer>(['grant', 'key-policy', 'resource-control-policy', 'trust-policy'])

function callersPart({ grant, ...authorization }: Authorization): Authorization {
  return { ...authorization, because: authorization.because.filter(({ layer }) => !ownersLayers.has(layer)) }
}

function ownersPart(happening: Happening, owner: string): Happening {
  const { keys, decisions, otherResources } = happening
  const own = keys.findIndex(({ key }) => key.account === owner)
  // Of an operation on two keys there is a decision for each; others have one that counts.
  const decision = decisions.length === keys.length ? decisions[own] : decisions[0]
  return {
    ...happening,
    keys: keys.filter(({ key }) => key.account === owner),
    otherResources: otherResources.filter((arn) => arn.split(':')[4] === owner),
    decisions: decision === undefined ? [] : [ofOwner(decision)],
  }
}

function ofOwner(authorization: Authorization): Authorization {
  return { ...authorization, because: authorization.because.filter(({ layer }) => ownersLayers.has(layer)) }
}
