import type { ServiceName } from '../protocol/services.ts'
import { describeTrails } from './cloudtrail/describe-trails.ts'
import { getTrailStatus } from './cloudtrail/get-trail-status.ts'
import { lookupEvents } from './cloudtrail/lookup-events.ts'
import { addClientIdToOpenIdConnectProvider } from './iam/add-client-id-to-open-id-connect-provider.ts'
import { addRoleToInstanceProfile } from './iam/add-role-to-instance-profile.ts'
import { addUserToGroup } from './iam/add-user-to-group.ts'
import { attachGroupPolicy } from './iam/attach-group-policy.ts'
import { attachRolePolicy } from './iam/attach-role-policy.ts'
import { attachUserPolicy } from './iam/attach-user-policy.ts'
import { createAccessKey } from './iam/create-access-key.ts'
import { createAccountAlias } from './iam/create-account-alias.ts'
import { createGroup } from './iam/create-group.ts'
import { createInstanceProfile } from './iam/create-instance-profile.ts'
import { createOpenIdConnectProvider } from './iam/create-open-id-connect-provider.ts'
import { createPolicy } from './iam/create-policy.ts'
import { createPolicyVersion } from './iam/create-policy-version.ts'
import { createRole } from './iam/create-role.ts'
import { createServiceLinkedRole } from './iam/create-service-linked-role.ts'
import { createUser } from './iam/create-user.ts'
import { createVirtualMfaDevice } from './iam/create-virtual-mfa-device.ts'
import { deactivateMfaDevice } from './iam/deactivate-mfa-device.ts'
import { deleteAccessKey } from './iam/delete-access-key.ts'
import { deleteAccountAlias } from './iam/delete-account-alias.ts'
import { deleteGroup } from './iam/delete-group.ts'
import { deleteGroupPolicy } from './iam/delete-group-policy.ts'
import { deleteInstanceProfile } from './iam/delete-instance-profile.ts'
import { deleteOpenIdConnectProvider } from './iam/delete-open-id-connect-provider.ts'
import { deletePolicy } from './iam/delete-policy.ts'
import { deletePolicyVersion } from './iam/delete-policy-version.ts'
import { deleteRole } from './iam/delete-role.ts'
import { deleteRolePermissionsBoundary } from './iam/delete-role-permissions-boundary.ts'
import { deleteRolePolicy } from './iam/delete-role-policy.ts'
import { deleteServiceLinkedRole } from './iam/delete-service-linked-role.ts'
import { deleteUser } from './iam/delete-user.ts'
import { deleteUserPermissionsBoundary } from './iam/delete-user-permissions-boundary.ts'
import { deleteUserPolicy } from './iam/delete-user-policy.ts'
import { deleteVirtualMfaDevice } from './iam/delete-virtual-mfa-device.ts'
import { detachGroupPolicy } from './iam/detach-group-policy.ts'
import { detachRolePolicy } from './iam/detach-role-policy.ts'
import { detachUserPolicy } from './iam/detach-user-policy.ts'
import { disableOrganizationsRootCredentialsManagement } from './iam/disable-organizations-root-credentials-management.ts'
import { disableOrganizationsRootSessions } from './iam/disable-organizations-root-sessions.ts'
import { enableMfaDevice } from './iam/enable-mfa-device.ts'
import { enableOrganizationsRootCredentialsManagement } from './iam/enable-organizations-root-credentials-management.ts'
import { enableOrganizationsRootSessions } from './iam/enable-organizations-root-sessions.ts'
import { getAccessKeyLastUsed } from './iam/get-access-key-last-used.ts'
import { getAccountAuthorizationDetails } from './iam/get-account-authorization-details.ts'
import { getAccountSummary } from './iam/get-account-summary.ts'
import { getContextKeysForCustomPolicy } from './iam/get-context-keys-for-custom-policy.ts'
import { getContextKeysForPrincipalPolicy } from './iam/get-context-keys-for-principal-policy.ts'
import { getGroup } from './iam/get-group.ts'
import { getGroupPolicy } from './iam/get-group-policy.ts'
import { getInstanceProfile } from './iam/get-instance-profile.ts'
import { getMfaDevice } from './iam/get-mfa-device.ts'
import { getOpenIdConnectProvider } from './iam/get-open-id-connect-provider.ts'
import { getPolicy } from './iam/get-policy.ts'
import { getPolicyVersion } from './iam/get-policy-version.ts'
import { getRole } from './iam/get-role.ts'
import { getRolePolicy } from './iam/get-role-policy.ts'
import { getServiceLinkedRoleDeletionStatus } from './iam/get-service-linked-role-deletion-status.ts'
import { getUser } from './iam/get-user.ts'
import { getUserPolicy } from './iam/get-user-policy.ts'
import { listAccessKeys } from './iam/list-access-keys.ts'
import { listAccountAliases } from './iam/list-account-aliases.ts'
import { listAttachedGroupPolicies } from './iam/list-attached-group-policies.ts'
import { listAttachedRolePolicies } from './iam/list-attached-role-policies.ts'
import { listAttachedUserPolicies } from './iam/list-attached-user-policies.ts'
import { listEntitiesForPolicy } from './iam/list-entities-for-policy.ts'
import { listGroupPolicies } from './iam/list-group-policies.ts'
import { listGroups } from './iam/list-groups.ts'
import { listGroupsForUser } from './iam/list-groups-for-user.ts'
import { listInstanceProfileTags } from './iam/list-instance-profile-tags.ts'
import { listInstanceProfiles } from './iam/list-instance-profiles.ts'
import { listInstanceProfilesForRole } from './iam/list-instance-profiles-for-role.ts'
import { listMfaDeviceTags } from './iam/list-mfa-device-tags.ts'
import { listMfaDevices } from './iam/list-mfa-devices.ts'
import { listOpenIdConnectProviderTags } from './iam/list-open-id-connect-provider-tags.ts'
import { listOpenIdConnectProviders } from './iam/list-open-id-connect-providers.ts'
import { listOrganizationsFeatures } from './iam/list-organizations-features.ts'
import { listPolicies } from './iam/list-policies.ts'
import { listPolicyTags } from './iam/list-policy-tags.ts'
import { listPolicyVersions } from './iam/list-policy-versions.ts'
import { listRolePolicies } from './iam/list-role-policies.ts'
import { listRoleTags } from './iam/list-role-tags.ts'
import { listRoles } from './iam/list-roles.ts'
import { listUserPolicies } from './iam/list-user-policies.ts'
import { listUserTags } from './iam/list-user-tags.ts'
import { listUsers } from './iam/list-users.ts'
import { listVirtualMfaDevices } from './iam/list-virtual-mfa-devices.ts'
import { putGroupPolicy } from './iam/put-group-policy.ts'
import { putRolePermissionsBoundary } from './iam/put-role-permissions-boundary.ts'
import { putRolePolicy } from './iam/put-role-policy.ts'
import { putUserPermissionsBoundary } from './iam/put-user-permissions-boundary.ts'
import { putUserPolicy } from './iam/put-user-policy.ts'
import { removeClientIdFromOpenIdConnectProvider } from './iam/remove-client-id-from-open-id-connect-provider.ts'
import { removeRoleFromInstanceProfile } from './iam/remove-role-from-instance-profile.ts'
import { removeUserFromGroup } from './iam/remove-user-from-group.ts'
import { resyncMfaDevice } from './iam/resync-mfa-device.ts'
import { setDefaultPolicyVersion } from './iam/set-default-policy-version.ts'
import { simulateCustomPolicy } from './iam/simulate-custom-policy.ts'
import { simulatePrincipalPolicy } from './iam/simulate-principal-policy.ts'
import { tagInstanceProfile } from './iam/tag-instance-profile.ts'
import { tagMfaDevice } from './iam/tag-mfa-device.ts'
import { tagOpenIdConnectProvider } from './iam/tag-open-id-connect-provider.ts'
import { tagPolicy } from './iam/tag-policy.ts'
import { tagRole } from './iam/tag-role.ts'
import { tagUser } from './iam/tag-user.ts'
import { untagInstanceProfile } from './iam/untag-instance-profile.ts'
import { untagMfaDevice } from './iam/untag-mfa-device.ts'
import { untagOpenIdConnectProvider } from './iam/untag-open-id-connect-provider.ts'
import { untagPolicy } from './iam/untag-policy.ts'
import { untagRole } from './iam/untag-role.ts'
import { untagUser } from './iam/untag-user.ts'
import { updateAccessKey } from './iam/update-access-key.ts'
import { updateAssumeRolePolicy } from './iam/update-assume-role-policy.ts'
import { updateGroup } from './iam/update-group.ts'
import { updateOpenIdConnectProviderThumbprint } from './iam/update-open-id-connect-provider-thumbprint.ts'
import { updateRole } from './iam/update-role.ts'
import { updateRoleDescription } from './iam/update-role-description.ts'
import { updateUser } from './iam/update-user.ts'
import { cancelKeyDeletion } from './kms/cancel-key-deletion.ts'
import { connectCustomKeyStore } from './kms/connect-custom-key-store.ts'
import { createAlias } from './kms/create-alias.ts'
import { createCustomKeyStore } from './kms/create-custom-key-store.ts'
import { createGrant } from './kms/create-grant.ts'
import { createKey } from './kms/create-key.ts'
import { decapsulate } from './kms/decapsulate.ts'
import { decrypt } from './kms/decrypt.ts'
import { deleteAlias } from './kms/delete-alias.ts'
import { deleteCustomKeyStore } from './kms/delete-custom-key-store.ts'
import { deleteImportedKeyMaterial } from './kms/delete-imported-key-material.ts'
import { deriveSharedSecret } from './kms/derive-shared-secret.ts'
import { describeCustomKeyStores } from './kms/describe-custom-key-stores.ts'
import { describeKey } from './kms/describe-key.ts'
import { disableKey } from './kms/disable-key.ts'
import { disableKeyRotation } from './kms/disable-key-rotation.ts'
import { disconnectCustomKeyStore } from './kms/disconnect-custom-key-store.ts'
import { enableKey } from './kms/enable-key.ts'
import { enableKeyRotation } from './kms/enable-key-rotation.ts'
import { encapsulate } from './kms/encapsulate.ts'
import { encrypt } from './kms/encrypt.ts'
import { generateDataKey } from './kms/generate-data-key.ts'
import { generateDataKeyPair } from './kms/generate-data-key-pair.ts'
import { generateDataKeyPairWithoutPlaintext } from './kms/generate-data-key-pair-without-plaintext.ts'
import { generateDataKeyWithoutPlaintext } from './kms/generate-data-key-without-plaintext.ts'
import { generateMac } from './kms/generate-mac.ts'
import { generateRandom } from './kms/generate-random.ts'
import { getKeyLastUsage } from './kms/get-key-last-usage.ts'
import { getKeyPolicy } from './kms/get-key-policy.ts'
import { getKeyRotationStatus } from './kms/get-key-rotation-status.ts'
import { getParametersForImport } from './kms/get-parameters-for-import.ts'
import { getPublicKey } from './kms/get-public-key.ts'
import { importKeyMaterial } from './kms/import-key-material.ts'
import { listAliases } from './kms/list-aliases.ts'
import { listGrants } from './kms/list-grants.ts'
import { listKeyPolicies } from './kms/list-key-policies.ts'
import { listKeyRotations } from './kms/list-key-rotations.ts'
import { listKeys } from './kms/list-keys.ts'
import { listResourceTags } from './kms/list-resource-tags.ts'
import { listRetirableGrants } from './kms/list-retirable-grants.ts'
import { putKeyPolicy } from './kms/put-key-policy.ts'
import { reEncrypt } from './kms/re-encrypt.ts'
import { replicateKey } from './kms/replicate-key.ts'
import { retireGrant } from './kms/retire-grant.ts'
import { revokeGrant } from './kms/revoke-grant.ts'
import { rotateKeyOnDemand } from './kms/rotate-key-on-demand.ts'
import { scheduleKeyDeletion } from './kms/schedule-key-deletion.ts'
import { sign } from './kms/sign.ts'
import { tagResource } from './kms/tag-resource.ts'
import { untagResource } from './kms/untag-resource.ts'
import { updateAlias } from './kms/update-alias.ts'
import { updateCustomKeyStore } from './kms/update-custom-key-store.ts'
import { updateKeyDescription } from './kms/update-key-description.ts'
import { updatePrimaryRegion } from './kms/update-primary-region.ts'
import { verify } from './kms/verify.ts'
import { verifyMac } from './kms/verify-mac.ts'
import type { Operation, Subject } from './operation.ts'
import { attachPolicy } from './organizations/attach-policy.ts'
import { closeAccount } from './organizations/close-account.ts'
import { createAccount } from './organizations/create-account.ts'
import { createOrganizationalUnit } from './organizations/create-organizational-unit.ts'
import { createPolicy as organizationCreatePolicy } from './organizations/create-policy.ts'
import { deleteOrganizationalUnit } from './organizations/delete-organizational-unit.ts'
import { deletePolicy as organizationDeletePolicy } from './organizations/delete-policy.ts'
import { describeAccount } from './organizations/describe-account.ts'
import { describeCreateAccountStatus } from './organizations/describe-create-account-status.ts'
import { describeEffectivePolicy } from './organizations/describe-effective-policy.ts'
import { describeOrganization } from './organizations/describe-organization.ts'
import { describeOrganizationalUnit } from './organizations/describe-organizational-unit.ts'
import { describePolicy } from './organizations/describe-policy.ts'
import { detachPolicy } from './organizations/detach-policy.ts'
import { disablePolicyType } from './organizations/disable-policy-type.ts'
import { enablePolicyType } from './organizations/enable-policy-type.ts'
import { listAccounts } from './organizations/list-accounts.ts'
import { listAccountsForParent } from './organizations/list-accounts-for-parent.ts'
import { listChildren } from './organizations/list-children.ts'
import { listCreateAccountStatus } from './organizations/list-create-account-status.ts'
import { listOrganizationalUnitsForParent } from './organizations/list-organizational-units-for-parent.ts'
import { listParents } from './organizations/list-parents.ts'
import { listPolicies as organizationListPolicies } from './organizations/list-policies.ts'
import { listPoliciesForTarget } from './organizations/list-policies-for-target.ts'
import { listRoots } from './organizations/list-roots.ts'
import { listTagsForResource } from './organizations/list-tags-for-resource.ts'
import { listTargetsForPolicy } from './organizations/list-targets-for-policy.ts'
import { moveAccount } from './organizations/move-account.ts'
import { tagResource as organizationTagResource } from './organizations/tag-resource.ts'
import { untagResource as organizationUntagResource } from './organizations/untag-resource.ts'
import { updateOrganizationalUnit } from './organizations/update-organizational-unit.ts'
import { updatePolicy } from './organizations/update-policy.ts'
import { assumeRole } from './sts/assume-role.ts'
import { assumeRoleWithWebIdentity } from './sts/assume-role-with-web-identity.ts'
import { assumeRoot } from './sts/assume-root.ts'
import { decodeAuthorizationMessage } from './sts/decode-authorization-message.ts'
import { getAccessKeyInfo } from './sts/get-access-key-info.ts'
import { getCallerIdentity } from './sts/get-caller-identity.ts'
import { getFederationToken } from './sts/get-federation-token.ts'
import { getForwardAccessSession } from './sts/get-forward-access-session.ts'
import { getSessionToken } from './sts/get-session-token.ts'

/** An operation whose types only it knows: what the pipeline runs. */
export type AnyOperation = Operation<object, object, Subject>

/** Everything the service does. To add an operation, write its file and its line here. */
export const operations = [
  cancelKeyDeletion,
  connectCustomKeyStore,
  createAlias,
  createCustomKeyStore,
  createGrant,
  createKey,
  decapsulate,
  decrypt,
  deleteAlias,
  deleteCustomKeyStore,
  deleteImportedKeyMaterial,
  deriveSharedSecret,
  describeCustomKeyStores,
  describeKey,
  disableKey,
  disableKeyRotation,
  disconnectCustomKeyStore,
  enableKey,
  enableKeyRotation,
  encapsulate,
  encrypt,
  generateDataKey,
  generateDataKeyPair,
  generateDataKeyPairWithoutPlaintext,
  generateDataKeyWithoutPlaintext,
  generateMac,
  generateRandom,
  getKeyLastUsage,
  getKeyPolicy,
  getKeyRotationStatus,
  getParametersForImport,
  getPublicKey,
  importKeyMaterial,
  listAliases,
  listGrants,
  listKeyPolicies,
  listKeyRotations,
  listKeys,
  listResourceTags,
  listRetirableGrants,
  putKeyPolicy,
  reEncrypt,
  replicateKey,
  retireGrant,
  revokeGrant,
  rotateKeyOnDemand,
  scheduleKeyDeletion,
  sign,
  tagResource,
  untagResource,
  updateAlias,
  updateCustomKeyStore,
  updateKeyDescription,
  updatePrimaryRegion,
  verify,
  verifyMac,

  addClientIdToOpenIdConnectProvider,
  addRoleToInstanceProfile,
  addUserToGroup,
  attachGroupPolicy,
  attachRolePolicy,
  attachUserPolicy,
  createAccessKey,
  createAccountAlias,
  createGroup,
  createInstanceProfile,
  createOpenIdConnectProvider,
  createPolicy,
  createPolicyVersion,
  createRole,
  createServiceLinkedRole,
  createUser,
  createVirtualMfaDevice,
  deactivateMfaDevice,
  deleteAccessKey,
  deleteAccountAlias,
  deleteGroup,
  deleteGroupPolicy,
  deleteInstanceProfile,
  deleteOpenIdConnectProvider,
  deletePolicy,
  deletePolicyVersion,
  deleteRole,
  deleteRolePermissionsBoundary,
  deleteRolePolicy,
  deleteServiceLinkedRole,
  deleteUser,
  deleteUserPermissionsBoundary,
  deleteUserPolicy,
  deleteVirtualMfaDevice,
  detachGroupPolicy,
  detachRolePolicy,
  detachUserPolicy,
  disableOrganizationsRootCredentialsManagement,
  disableOrganizationsRootSessions,
  enableMfaDevice,
  enableOrganizationsRootCredentialsManagement,
  enableOrganizationsRootSessions,
  getAccessKeyLastUsed,
  getAccountAuthorizationDetails,
  getAccountSummary,
  getContextKeysForCustomPolicy,
  getContextKeysForPrincipalPolicy,
  getGroup,
  getGroupPolicy,
  getInstanceProfile,
  getMfaDevice,
  getOpenIdConnectProvider,
  getPolicy,
  getPolicyVersion,
  getRole,
  getRolePolicy,
  getServiceLinkedRoleDeletionStatus,
  getUser,
  getUserPolicy,
  listAccessKeys,
  listAccountAliases,
  listAttachedGroupPolicies,
  listAttachedRolePolicies,
  listAttachedUserPolicies,
  listEntitiesForPolicy,
  listGroupPolicies,
  listGroups,
  listGroupsForUser,
  listInstanceProfileTags,
  listInstanceProfiles,
  listInstanceProfilesForRole,
  listMfaDeviceTags,
  listMfaDevices,
  listOpenIdConnectProviderTags,
  listOpenIdConnectProviders,
  listOrganizationsFeatures,
  listPolicies,
  listPolicyTags,
  listPolicyVersions,
  listRolePolicies,
  listRoleTags,
  listRoles,
  listUserPolicies,
  listUserTags,
  listUsers,
  listVirtualMfaDevices,
  putGroupPolicy,
  putRolePermissionsBoundary,
  putRolePolicy,
  putUserPermissionsBoundary,
  putUserPolicy,
  removeClientIdFromOpenIdConnectProvider,
  removeRoleFromInstanceProfile,
  removeUserFromGroup,
  resyncMfaDevice,
  setDefaultPolicyVersion,
  simulateCustomPolicy,
  simulatePrincipalPolicy,
  tagInstanceProfile,
  tagMfaDevice,
  tagOpenIdConnectProvider,
  tagPolicy,
  tagRole,
  tagUser,
  untagInstanceProfile,
  untagMfaDevice,
  untagOpenIdConnectProvider,
  untagPolicy,
  untagRole,
  untagUser,
  updateAccessKey,
  updateAssumeRolePolicy,
  updateGroup,
  updateOpenIdConnectProviderThumbprint,
  updateRole,
  updateRoleDescription,
  updateUser,

  assumeRole,
  assumeRoleWithWebIdentity,
  assumeRoot,
  decodeAuthorizationMessage,
  getAccessKeyInfo,
  getCallerIdentity,
  getFederationToken,
  getSessionToken,

  describeTrails,
  getTrailStatus,
  lookupEvents,
  getForwardAccessSession,

  attachPolicy,
  closeAccount,
  createAccount,
  createOrganizationalUnit,
  organizationCreatePolicy,
  deleteOrganizationalUnit,
  organizationDeletePolicy,
  describeAccount,
  describeCreateAccountStatus,
  describeEffectivePolicy,
  describeOrganization,
  describeOrganizationalUnit,
  describePolicy,
  detachPolicy,
  disablePolicyType,
  enablePolicyType,
  listAccountsForParent,
  listAccounts,
  listChildren,
  listCreateAccountStatus,
  listOrganizationalUnitsForParent,
  listParents,
  listPoliciesForTarget,
  organizationListPolicies,
  listRoots,
  listTagsForResource,
  listTargetsForPolicy,
  moveAccount,
  organizationTagResource,
  organizationUntagResource,
  updateOrganizationalUnit,
  updatePolicy,
] as unknown as readonly AnyOperation[]

const operationByName = new Map(
  operations.map((operation) => [`${operation.service}:${operation.name}`, operation]),
)

/** The operation of a service by its name; `undefined` for one that the service has and we do not, yet. */
export function findOperation(service: ServiceName, name: string): AnyOperation | undefined {
  return operationByName.get(`${service}:${name}`)
}
