/** What KMS actions act on, as far as it is not a key (AWS KMS Developer Guide, "AWS KMS permissions"). */

const withoutResource: ReadonlySet<string> = new Set(
  [
    'ConnectCustomKeyStore',
    'CreateCustomKeyStore',
    'CreateKey',
    'DeleteCustomKeyStore',
    'DescribeCustomKeyStores',
    'DisconnectCustomKeyStore',
    'GenerateRandom',
    'ListAliases',
    'ListKeys',
    'ListRetirableGrants',
    'UpdateCustomKeyStore',
  ].map((name) => `kms:${name.toLowerCase()}`),
)

const onAliases: ReadonlySet<string> = new Set(['kms:createalias', 'kms:deletealias', 'kms:updatealias'])

/** Whether an action on this resource is for a key and its policy to decide. */
export function isOnKey(action: string, resource: string): boolean {
  const lower = action.toLowerCase()
  return (
    lower.startsWith('kms:') && !withoutResource.has(lower) && !/^arn:[^:]*:kms:.*:alias\//.test(resource)
  )
}

/** The form of the ARNs that an action is about, as the simulator names its results; `*` where we know none. */
export function resourceTemplate(action: string): string {
  const lower = action.toLowerCase()
  if (!lower.startsWith('kms:') || withoutResource.has(lower)) return '*'
  return onAliases.has(lower) ? templates.alias : templates.key
}

/** With AWS's placeholders, which are not ours to fill. */
const templates = {
  key: `arn:\${Partition}:kms:\${Region}:\${Account}:key/\${KeyId}`,
  alias: `arn:\${Partition}:kms:\${Region}:\${Account}:alias/\${Alias}`,
}
