CREATE INDEX access_keys_by_owner ON access_keys (account, owner, access_key_id)
CREATE INDEX aliases_by_target ON aliases (account, region, target_key_id, name)
CREATE INDEX attachments_by_policy ON attachments (account, policy_arn, owner_id)
CREATE INDEX denials_by_time ON denials (at, request_id) WHERE at IS NOT NULL
CREATE INDEX grants_by_grantee ON grants (account, region, key_id, grantee, grant_id) WHERE grantee IS NOT NULL
CREATE INDEX grants_by_name ON grants (account, region, key_id, name, grant_id) WHERE name IS NOT NULL
CREATE INDEX grants_by_retiring ON grants (region, retiring, grant_id, account, key_id) WHERE retiring IS NOT NULL
CREATE INDEX instance_profiles_by_role ON instance_profiles (account, role_id, unique_id) WHERE role_id IS NOT NULL
CREATE INDEX keys_by_due ON keys (due_at, account, region, key_id) WHERE due_at IS NOT NULL
CREATE INDEX keys_by_keyStore ON keys (account, region, key_store_id, key_id) WHERE key_store_id IS NOT NULL
CREATE INDEX keys_by_manager ON keys (account, region, key_manager, key_id)
CREATE INDEX keys_by_state ON keys (state, spec, account, region, key_id) WHERE state IS NOT NULL AND spec IS NOT NULL
CREATE INDEX members_by_parent ON members (parent_id, account_id)
CREATE INDEX memberships_by_group ON memberships (account, group_id, user_id)
CREATE INDEX mfa_devices_by_user ON mfa_devices (account, user_id, serial_number) WHERE user_id IS NOT NULL
CREATE INDEX organization_policies_by_type ON organization_policies (type, policy_id)
CREATE INDEX organizational_units_by_parent ON organizational_units (parent_id, unit_id)
CREATE INDEX policy_targets_by_policy ON policy_targets (policy_id, target_id)
CREATE INDEX roles_by_boundary ON roles (account, boundary, unique_id) WHERE boundary IS NOT NULL
CREATE INDEX service_credentials_by_service ON service_credentials (service, access_key_id)
CREATE INDEX users_by_boundary ON users (account, boundary, unique_id) WHERE boundary IS NOT NULL
CREATE UNIQUE INDEX account_aliases_by_account ON account_aliases (account)
CREATE UNIQUE INDEX accounts_by_email ON accounts (lower_email) WHERE lower_email IS NOT NULL
CREATE UNIQUE INDEX custom_key_stores_by_name ON custom_key_stores (account, region, name)
CREATE UNIQUE INDEX custom_key_stores_by_proxy ON custom_key_stores (account, region, proxy_uri) WHERE proxy_uri IS NOT NULL
CREATE UNIQUE INDEX groups_by_name ON groups (account, lower_name) WHERE lower_name IS NOT NULL
CREATE UNIQUE INDEX groups_by_uniqueId ON groups (unique_id)
CREATE UNIQUE INDEX instance_profiles_by_name ON instance_profiles (account, lower_name) WHERE lower_name IS NOT NULL
CREATE UNIQUE INDEX instance_profiles_by_uniqueId ON instance_profiles (unique_id)
CREATE UNIQUE INDEX keys_by_xksKey ON keys (account, region, xks_key) WHERE xks_key IS NOT NULL
CREATE UNIQUE INDEX managed_policies_by_uniqueId ON managed_policies (unique_id)
CREATE UNIQUE INDEX organization_policies_by_name ON organization_policies (type, name)
CREATE UNIQUE INDEX organizational_units_by_name ON organizational_units (parent_id, name)
CREATE UNIQUE INDEX roles_by_name ON roles (account, lower_name) WHERE lower_name IS NOT NULL
CREATE UNIQUE INDEX roles_by_uniqueId ON roles (unique_id)
CREATE UNIQUE INDEX users_by_name ON users (account, lower_name) WHERE lower_name IS NOT NULL
CREATE UNIQUE INDEX users_by_uniqueId ON users (unique_id)
access_keys.access_key_id TEXT
access_keys.account TEXT
access_keys.body TEXT
access_keys.owner TEXT
access_keys.version INTEGER
account_aliases.account TEXT
account_aliases.alias TEXT
account_aliases.body TEXT
account_aliases.version INTEGER
account_creations.body TEXT
account_creations.request_id TEXT
account_creations.version INTEGER
accounts.account_id TEXT
accounts.body TEXT
accounts.lower_email TEXT
accounts.version INTEGER
aliases.account TEXT
aliases.body TEXT
aliases.name TEXT
aliases.region TEXT
aliases.target_key_id TEXT
aliases.version INTEGER
attachments.account TEXT
attachments.body TEXT
attachments.owner_id TEXT
attachments.policy_arn TEXT
attachments.version INTEGER
change_number.number INTEGER
custom_key_stores.account TEXT
custom_key_stores.body TEXT
custom_key_stores.name TEXT
custom_key_stores.proxy_uri TEXT
custom_key_stores.region TEXT
custom_key_stores.store_id TEXT
custom_key_stores.version INTEGER
denials.at INTEGER
denials.body TEXT
denials.request_id TEXT
denials.version INTEGER
grants.account TEXT
grants.body TEXT
grants.grant_id TEXT
grants.grantee TEXT
grants.key_id TEXT
grants.name TEXT
grants.region TEXT
grants.retiring TEXT
grants.version INTEGER
groups.account TEXT
groups.body TEXT
groups.lower_name TEXT
groups.unique_id TEXT
groups.version INTEGER
inline_policies.account TEXT
inline_policies.body TEXT
inline_policies.name TEXT
inline_policies.owner_id TEXT
inline_policies.version INTEGER
installation.body TEXT
installation.only TEXT
installation.version INTEGER
instance_profiles.account TEXT
instance_profiles.body TEXT
instance_profiles.lower_name TEXT
instance_profiles.role_id TEXT
instance_profiles.unique_id TEXT
instance_profiles.version INTEGER
key_last_usages.account TEXT
key_last_usages.body TEXT
key_last_usages.key_id TEXT
key_last_usages.region TEXT
key_last_usages.version INTEGER
key_materials.account TEXT
key_materials.body TEXT
key_materials.key_id TEXT
key_materials.material_id TEXT
key_materials.region TEXT
key_materials.version INTEGER
keys.account TEXT
keys.body TEXT
keys.due_at INTEGER
keys.key_id TEXT
keys.key_manager TEXT
keys.key_store_id TEXT
keys.region TEXT
keys.spec TEXT
keys.state TEXT
keys.version INTEGER
keys.xks_key TEXT
last_uses.body TEXT
last_uses.id TEXT
last_uses.version INTEGER
managed_policies.account TEXT
managed_policies.body TEXT
managed_policies.lower_name TEXT
managed_policies.unique_id TEXT
managed_policies.version INTEGER
members.account_id TEXT
members.body TEXT
members.parent_id TEXT
members.version INTEGER
memberships.account TEXT
memberships.body TEXT
memberships.group_id TEXT
memberships.user_id TEXT
memberships.version INTEGER
mfa_devices.account TEXT
mfa_devices.body TEXT
mfa_devices.serial_number TEXT
mfa_devices.user_id TEXT
mfa_devices.version INTEGER
open_id_providers.account TEXT
open_id_providers.body TEXT
open_id_providers.place TEXT
open_id_providers.version INTEGER
organization.body TEXT
organization.only TEXT
organization.version INTEGER
organization_policies.body TEXT
organization_policies.name TEXT
organization_policies.policy_id TEXT
organization_policies.type TEXT
organization_policies.version INTEGER
organizational_units.body TEXT
organizational_units.name TEXT
organizational_units.parent_id TEXT
organizational_units.unit_id TEXT
organizational_units.version INTEGER
pending_records.body TEXT
pending_records.event_id TEXT
pending_records.version INTEGER
policy_targets.body TEXT
policy_targets.policy_id TEXT
policy_targets.target_id TEXT
policy_targets.version INTEGER
role_deletions.account TEXT
role_deletions.body TEXT
role_deletions.task_id TEXT
role_deletions.version INTEGER
roles.account TEXT
roles.body TEXT
roles.boundary TEXT
roles.lower_name TEXT
roles.unique_id TEXT
roles.version INTEGER
service_credentials.access_key_id TEXT
service_credentials.body TEXT
service_credentials.service TEXT
service_credentials.version INTEGER
usage_tracking.body TEXT
usage_tracking.only TEXT
usage_tracking.version INTEGER
users.account TEXT
users.body TEXT
users.boundary TEXT
users.lower_name TEXT
users.unique_id TEXT
users.version INTEGER