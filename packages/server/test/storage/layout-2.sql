CREATE INDEX access_keys_by_owner ON access_keys (account, owner, access_key_id)
CREATE INDEX aliases_by_target ON aliases (account, region, target_key_id, name)
CREATE INDEX denials_by_time ON denials (at, request_id) WHERE at IS NOT NULL
CREATE INDEX grants_by_grantee ON grants (account, region, key_id, grantee, grant_id) WHERE grantee IS NOT NULL
CREATE INDEX grants_by_name ON grants (account, region, key_id, name, grant_id) WHERE name IS NOT NULL
CREATE INDEX grants_by_retiring ON grants (region, retiring, grant_id, account, key_id) WHERE retiring IS NOT NULL
CREATE INDEX keys_by_due ON keys (due_at, account, region, key_id) WHERE due_at IS NOT NULL
CREATE INDEX keys_by_keyStore ON keys (account, region, key_store_id, key_id) WHERE key_store_id IS NOT NULL
CREATE UNIQUE INDEX users_by_name ON users (account, lower_name) WHERE lower_name IS NOT NULL
CREATE UNIQUE INDEX users_by_uniqueId ON users (unique_id)
access_keys.access_key_id TEXT
access_keys.account TEXT
access_keys.body TEXT
access_keys.owner TEXT
access_keys.version INTEGER
accounts.account_id TEXT
accounts.body TEXT
accounts.version INTEGER
aliases.account TEXT
aliases.body TEXT
aliases.name TEXT
aliases.region TEXT
aliases.target_key_id TEXT
aliases.version INTEGER
change_number.number INTEGER
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
installation.body TEXT
installation.only TEXT
installation.version INTEGER
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
keys.key_store_id TEXT
keys.region TEXT
keys.version INTEGER
pending_records.body TEXT
pending_records.event_id TEXT
pending_records.version INTEGER
user_policies.account TEXT
user_policies.body TEXT
user_policies.name TEXT
user_policies.user_id TEXT
user_policies.version INTEGER
users.account TEXT
users.body TEXT
users.lower_name TEXT
users.unique_id TEXT
users.version INTEGER