import type { ServiceName } from '../protocol/services.ts'
import { createAccessKey } from './iam/create-access-key.ts'
import { createUser } from './iam/create-user.ts'
import { deleteAccessKey } from './iam/delete-access-key.ts'
import { deleteUser } from './iam/delete-user.ts'
import { deleteUserPolicy } from './iam/delete-user-policy.ts'
import { getUser } from './iam/get-user.ts'
import { getUserPolicy } from './iam/get-user-policy.ts'
import { putUserPolicy } from './iam/put-user-policy.ts'
import { simulateCustomPolicy } from './iam/simulate-custom-policy.ts'
import { simulatePrincipalPolicy } from './iam/simulate-principal-policy.ts'
import { cancelKeyDeletion } from './kms/cancel-key-deletion.ts'
import { createAlias } from './kms/create-alias.ts'
import { createGrant } from './kms/create-grant.ts'
import { createKey } from './kms/create-key.ts'
import { decrypt } from './kms/decrypt.ts'
import { deleteAlias } from './kms/delete-alias.ts'
import { describeKey } from './kms/describe-key.ts'
import { disableKey } from './kms/disable-key.ts'
import { enableKey } from './kms/enable-key.ts'
import { encrypt } from './kms/encrypt.ts'
import { generateDataKey } from './kms/generate-data-key.ts'
import { generateDataKeyWithoutPlaintext } from './kms/generate-data-key-without-plaintext.ts'
import { generateRandom } from './kms/generate-random.ts'
import { getKeyPolicy } from './kms/get-key-policy.ts'
import { listAliases } from './kms/list-aliases.ts'
import { listGrants } from './kms/list-grants.ts'
import { listKeyPolicies } from './kms/list-key-policies.ts'
import { listKeys } from './kms/list-keys.ts'
import { listResourceTags } from './kms/list-resource-tags.ts'
import { listRetirableGrants } from './kms/list-retirable-grants.ts'
import { putKeyPolicy } from './kms/put-key-policy.ts'
import { reEncrypt } from './kms/re-encrypt.ts'
import { retireGrant } from './kms/retire-grant.ts'
import { revokeGrant } from './kms/revoke-grant.ts'
import { scheduleKeyDeletion } from './kms/schedule-key-deletion.ts'
import { tagResource } from './kms/tag-resource.ts'
import { untagResource } from './kms/untag-resource.ts'
import { updateAlias } from './kms/update-alias.ts'
import { updateKeyDescription } from './kms/update-key-description.ts'
import type { Operation, Subject } from './operation.ts'
import { getCallerIdentity } from './sts/get-caller-identity.ts'

/** An operation whose types only it knows: what the pipeline runs. */
export type AnyOperation = Operation<object, object, Subject>

/** Everything the service does. To add an operation, write its file and its line here. */
export const operations = [
  cancelKeyDeletion,
  createAlias,
  createGrant,
  createKey,
  decrypt,
  deleteAlias,
  describeKey,
  disableKey,
  enableKey,
  encrypt,
  generateDataKey,
  generateDataKeyWithoutPlaintext,
  generateRandom,
  getKeyPolicy,
  listAliases,
  listGrants,
  listKeyPolicies,
  listKeys,
  listResourceTags,
  listRetirableGrants,
  putKeyPolicy,
  reEncrypt,
  retireGrant,
  revokeGrant,
  scheduleKeyDeletion,
  tagResource,
  untagResource,
  updateAlias,
  updateKeyDescription,

  createAccessKey,
  createUser,
  deleteAccessKey,
  deleteUser,
  deleteUserPolicy,
  getUser,
  getUserPolicy,
  putUserPolicy,
  simulateCustomPolicy,
  simulatePrincipalPolicy,

  getCallerIdentity,
] as unknown as readonly AnyOperation[]

const operationByName = new Map(
  operations.map((operation) => [`${operation.service}:${operation.name}`, operation]),
)

/** The operation of a service by its name; `undefined` for one that the service has and we do not, yet. */
export function findOperation(service: ServiceName, name: string): AnyOperation | undefined {
  return operationByName.get(`${service}:${name}`)
}
