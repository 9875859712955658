import type { AnyOperation } from '../operation.ts'
import { addClientIdToOpenIdConnectProvider } from './add-client-id-to-open-id-connect-provider.ts'
import { addRoleToInstanceProfile } from './add-role-to-instance-profile.ts'
import { addUserToGroup } from './add-user-to-group.ts'
import { attachGroupPolicy } from './attach-group-policy.ts'
import { attachRolePolicy } from './attach-role-policy.ts'
import { attachUserPolicy } from './attach-user-policy.ts'
import { createAccessKey } from './create-access-key.ts'
import { createAccountAlias } from './create-account-alias.ts'
import { createGroup } from './create-group.ts'
import { createInstanceProfile } from './create-instance-profile.ts'
import { createOpenIdConnectProvider } from './create-open-id-connect-provider.ts'
import { createPolicy } from './create-policy.ts'
import { createPolicyVersion } from './create-policy-version.ts'
import { createRole } from './create-role.ts'
import { createServiceLinkedRole } from './create-service-linked-role.ts'
import { createUser } from './create-user.ts'
import { createVirtualMfaDevice } from './create-virtual-mfa-device.ts'
import { deactivateMfaDevice } from './deactivate-mfa-device.ts'
import { deleteAccessKey } from './delete-access-key.ts'
import { deleteAccountAlias } from './delete-account-alias.ts'
import { deleteGroup } from './delete-group.ts'
import { deleteGroupPolicy } from './delete-group-policy.ts'
import { deleteInstanceProfile } from './delete-instance-profile.ts'
import { deleteOpenIdConnectProvider } from './delete-open-id-connect-provider.ts'
import { deletePolicy } from './delete-policy.ts'
import { deletePolicyVersion } from './delete-policy-version.ts'
import { deleteRole } from './delete-role.ts'
import { deleteRolePermissionsBoundary } from './delete-role-permissions-boundary.ts'
import { deleteRolePolicy } from './delete-role-policy.ts'
import { deleteServiceLinkedRole } from './delete-service-linked-role.ts'
import { deleteUser } from './delete-user.ts'
import { deleteUserPermissionsBoundary } from './delete-user-permissions-boundary.ts'
import { deleteUserPolicy } from './delete-user-policy.ts'
import { deleteVirtualMfaDevice } from './delete-virtual-mfa-device.ts'
import { detachGroupPolicy } from './detach-group-policy.ts'
import { detachRolePolicy } from './detach-role-policy.ts'
import { detachUserPolicy } from './detach-user-policy.ts'
import { disableOrganizationsRootCredentialsManagement } from './disable-organizations-root-credentials-management.ts'
import { disableOrganizationsRootSessions } from './disable-organizations-root-sessions.ts'
import { enableMfaDevice } from './enable-mfa-device.ts'
import { enableOrganizationsRootCredentialsManagement } from './enable-organizations-root-credentials-management.ts'
import { enableOrganizationsRootSessions } from './enable-organizations-root-sessions.ts'
import { getAccessKeyLastUsed } from './get-access-key-last-used.ts'
import { getAccountAuthorizationDetails } from './get-account-authorization-details.ts'
import { getAccountSummary } from './get-account-summary.ts'
import { getContextKeysForCustomPolicy } from './get-context-keys-for-custom-policy.ts'
import { getContextKeysForPrincipalPolicy } from './get-context-keys-for-principal-policy.ts'
import { getGroup } from './get-group.ts'
import { getGroupPolicy } from './get-group-policy.ts'
import { getInstanceProfile } from './get-instance-profile.ts'
import { getMfaDevice } from './get-mfa-device.ts'
import { getOpenIdConnectProvider } from './get-open-id-connect-provider.ts'
import { getPolicy } from './get-policy.ts'
import { getPolicyVersion } from './get-policy-version.ts'
import { getRole } from './get-role.ts'
import { getRolePolicy } from './get-role-policy.ts'
import { getServiceLinkedRoleDeletionStatus } from './get-service-linked-role-deletion-status.ts'
import { getUser } from './get-user.ts'
import { getUserPolicy } from './get-user-policy.ts'
import { listAccessKeys } from './list-access-keys.ts'
import { listAccountAliases } from './list-account-aliases.ts'
import { listAttachedGroupPolicies } from './list-attached-group-policies.ts'
import { listAttachedRolePolicies } from './list-attached-role-policies.ts'
import { listAttachedUserPolicies } from './list-attached-user-policies.ts'
import { listEntitiesForPolicy } from './list-entities-for-policy.ts'
import { listGroupPolicies } from './list-group-policies.ts'
import { listGroups } from './list-groups.ts'
import { listGroupsForUser } from './list-groups-for-user.ts'
import { listInstanceProfileTags } from './list-instance-profile-tags.ts'
import { listInstanceProfiles } from './list-instance-profiles.ts'
import { listInstanceProfilesForRole } from './list-instance-profiles-for-role.ts'
import { listMfaDeviceTags } from './list-mfa-device-tags.ts'
import { listMfaDevices } from './list-mfa-devices.ts'
import { listOpenIdConnectProviderTags } from './list-open-id-connect-provider-tags.ts'
import { listOpenIdConnectProviders } from './list-open-id-connect-providers.ts'
import { listOrganizationsFeatures } from './list-organizations-features.ts'
import { listPolicies } from './list-policies.ts'
import { listPolicyTags } from './list-policy-tags.ts'
import { listPolicyVersions } from './list-policy-versions.ts'
import { listRolePolicies } from './list-role-policies.ts'
import { listRoleTags } from './list-role-tags.ts'
import { listRoles } from './list-roles.ts'
import { listUserPolicies } from './list-user-policies.ts'
import { listUserTags } from './list-user-tags.ts'
import { listUsers } from './list-users.ts'
import { listVirtualMfaDevices } from './list-virtual-mfa-devices.ts'
import { putGroupPolicy } from './put-group-policy.ts'
import { putRolePermissionsBoundary } from './put-role-permissions-boundary.ts'
import { putRolePolicy } from './put-role-policy.ts'
import { putUserPermissionsBoundary } from './put-user-permissions-boundary.ts'
import { putUserPolicy } from './put-user-policy.ts'
import { removeClientIdFromOpenIdConnectProvider } from './remove-client-id-from-open-id-connect-provider.ts'
import { removeRoleFromInstanceProfile } from './remove-role-from-instance-profile.ts'
import { removeUserFromGroup } from './remove-user-from-group.ts'
import { resyncMfaDevice } from './resync-mfa-device.ts'
import { setDefaultPolicyVersion } from './set-default-policy-version.ts'
import { simulateCustomPolicy } from './simulate-custom-policy.ts'
import { simulatePrincipalPolicy } from './simulate-principal-policy.ts'
import { tagInstanceProfile } from './tag-instance-profile.ts'
import { tagMfaDevice } from './tag-mfa-device.ts'
import { tagOpenIdConnectProvider } from './tag-open-id-connect-provider.ts'
import { tagPolicy } from './tag-policy.ts'
import { tagRole } from './tag-role.ts'
import { tagUser } from './tag-user.ts'
import { untagInstanceProfile } from './untag-instance-profile.ts'
import { untagMfaDevice } from './untag-mfa-device.ts'
import { untagOpenIdConnectProvider } from './untag-open-id-connect-provider.ts'
import { untagPolicy } from './untag-policy.ts'
import { untagRole } from './untag-role.ts'
import { untagUser } from './untag-user.ts'
import { updateAccessKey } from './update-access-key.ts'
import { updateAssumeRolePolicy } from './update-assume-role-policy.ts'
import { updateGroup } from './update-group.ts'
import { updateOpenIdConnectProviderThumbprint } from './update-open-id-connect-provider-thumbprint.ts'
import { updateRole } from './update-role.ts'
import { updateRoleDescription } from './update-role-description.ts'
import { updateUser } from './update-user.ts'

/** The operations of IAM. To add one, write its file and its line here. */
export const iamOperations = [
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
] as unknown as readonly AnyOperation[]
