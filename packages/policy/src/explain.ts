import type { AccessRequest } from './access-request.ts'
import type { Authorization } from './authorize.ts'
import { type LayerWords, layerWords } from './layers.ts'
import type { Principal } from './matching/principal.ts'

/**
 * What a refused caller may see: his own account's key; a key of another account that he named; such a key known
 * only by a ciphertext; or no resource at all.
 */
export type DenialView = 'own-account' | 'foreign-key' | 'foreign-ciphertext' | 'no-resource'

/** AWS's own sentence for a denial, word for word: clients and their operators search for it. */
export function denialSentence(
  authorization: Authorization,
  request: AccessRequest,
  view: DenialView,
): string {
  const user = `User: ${nameOf(request.principal)} is not authorized to perform: ${request.action}`
  const reason = isHidden(authorization, view) ? hiddenReason : reasonOf(authorization, request.action, view)
  return `${user}${placeFor(view, request.resource)} ${reason}`
}

/** How AWS names a caller: a session by the session's ARN. */
function nameOf(principal: Principal): string {
  return principal.kind === 'service' ? principal.service : principal.arn
}

function placeFor(view: DenialView, resource: string): string {
  switch (view) {
    case 'own-account':
      return ` on resource: ${resource}`
    case 'foreign-key':
      return ' on this resource'
    case 'foreign-ciphertext':
      return ' on the resource associated with this ciphertext'
    case 'no-resource':
      return ''
  }
}

/** Whether another account's key exists, and what its policy says, are not for the caller to learn. */
const hiddenReason =
  'because the resource does not exist in this Region, no resource-based policies allow access, ' +
  'or a resource-based policy explicitly denies access'

function isHidden({ layer }: Authorization, view: DenialView): boolean {
  const foreign = view === 'foreign-key' || view === 'foreign-ciphertext'
  return foreign && (layer === 'key-policy' || layer === 'cross-account' || layer === 'grant')
}

function reasonOf({ decision, layer, because }: Authorization, action: string, view: DenialView): string {
  const { silent, denying } = wordsOf(layer)
  if (decision !== 'ExplicitDeny') return `because no ${silent} allows the ${action} action`
  // The owner's organization is not the caller's to see; all other layers are his own.
  const shown = view === 'own-account' || view === 'no-resource' || layer !== 'resource-control-policy'
  const arn = shown ? because[0]?.policy?.arn : undefined
  return `with an explicit deny in ${denying}${arn === undefined ? '' : `: ${arn}`}`
}

const unknownWords: LayerWords = { silent: 'policy', denying: 'a policy', name: 'policy' }

function wordsOf(layer: Authorization['layer']): LayerWords {
  return layerWords.get(layer) ?? unknownWords
}

/** One sentence of ours, for people who may know everything: who decided, and by which statements. */
export function decisionSentence({ decision, layer, because, grant }: Authorization): string {
  const statements = because.map(({ layer: cited, policy, statement }) => {
    const place =
      policy === undefined ? `the ${wordsOf(cited).name}` : `${wordsOf(cited).name} \`${policy.name}\``
    return `${nameOfStatement(statement.sid, statement.index)} of ${place}`
  })
  if (decision === 'ExplicitDeny') return `denied: ${statements.join(', ')} denies it`
  if (decision === 'Allow') {
    if (grant !== undefined) return `allowed: grant ${grant.grantId} allows it`
    return statements.length === 0
      ? 'allowed: the account may do this'
      : `allowed: ${statements.join(', ')} allows it`
  }
  if (layer === 'cross-account') return 'denied: this operation cannot be used across accounts'
  return `denied: no ${wordsOf(layer).name} allows it`
}

function nameOfStatement(sid: string | undefined, index: number): string {
  return sid ? `statement "${sid}"` : `statement ${index + 1}`
}
