import { type JsonNode, type PolicyKind, readJson } from '@claviger/policy'

/** The kinds of policy, most of them told apart only by where they are attached. */
export const policyKinds: readonly PolicyKind[] = [
  'key-policy',
  'identity-policy',
  'permissions-boundary',
  'session-policy',
  'service-control-policy',
  'resource-control-policy',
  'endpoint-policy',
  'trust-policy',
]

export function isPolicyKind(word: unknown): word is PolicyKind {
  return policyKinds.some((kind) => kind === word)
}

/**
 * What a document most likely is. Who names principals is attached to something: to a role, where all it speaks of
 * is the security token service, else to a key. Who does not is attached to a principal.
 */
export function guessPolicyKind(text: string): PolicyKind {
  const { root } = readJson(text)
  const statements = itemsOf(member(root, 'Statement'))
  const names = (name: string) =>
    statements.some((statement) => (member(statement, name) ?? member(statement, `Not${name}`)) !== undefined)
  if (!names('Principal')) return 'identity-policy'
  const actions = statements.flatMap((statement) => itemsOf(member(statement, 'Action')))
  const aboutTokens = actions.every((node) => node.kind === 'string' && isAboutTokens(node.value))
  return aboutTokens && actions.length > 0 && !names('Resource') ? 'trust-policy' : 'key-policy'
}

function isAboutTokens(action: string): boolean {
  return action.toLowerCase().startsWith('sts:')
}

function member(node: JsonNode | undefined, name: string): JsonNode | undefined {
  return node?.kind === 'object'
    ? node.members.find((candidate) => candidate.name === name)?.value
    : undefined
}

function itemsOf(node: JsonNode | undefined): readonly JsonNode[] {
  if (node === undefined) return []
  return node.kind === 'array' ? node.items : [node]
}
