/** A policy in one line of YAML. */
export const allow = (action: string, resource = "'*'") =>
  `{Version: '2012-10-17', Statement: [{Effect: Allow, Action: '${action}', Resource: ${resource}}]}`
/** A trust policy, the same way. */
export const trusting = (principal: string) =>
  `{Version: '2012-10-17', Statement: {Effect: Allow, Principal: {AWS: '${principal}'}, Action: sts:AssumeRole}}`

/** One of everything that an account has. */
export const everything = `
alias: our-house
policies:
  base: {path: /limits/, description: All of KMS, tags: {kind: limit}, document: ${allow('kms:*')}}
  open-letters: {document: ${allow('kms:Decrypt', '<key:letters>')}}
oidc-providers:
  https://token.example.com: {client-ids: [ours, theirs], tags: {team: blue}}
groups:
  readers: {path: /staff/, policies: [open-letters], inline-policies: {look: ${allow('kms:List*')}}}
users:
  alice:
    path: /staff/
    tags: {team: blue}
    groups: [readers]
    boundary: base
    policies: [arn:aws:iam::aws:policy/ReadOnlyAccess]
  bob: {boundary: open-letters, inline-policies: {more: ${allow('kms:Encrypt')}}}
roles:
  day: {trust: ${trusting('arn:aws:iam::<account>:role/night')}, max-session-seconds: 7200, boundary: base}
  night: {trust: ${trusting('arn:aws:iam::<account>:role/day')}, description: The other half, tags: {shift: late}}
keys:
  letters:
    description: Letters
    rotation: 200
    tags: {team: blue}
    aliases: [post]
    policy:
      Version: '2012-10-17'
      Statement:
        - {Sid: Own, Effect: Allow, Principal: {AWS: 'arn:aws:iam::<account>:root'}, Action: 'kms:*', Resource: '*'}
        - {Sid: Night, Effect: Allow, Principal: {AWS: 'arn:aws:iam::<account>:role/night'}, Action: 'kms:Decrypt', Resource: '*'}
    grants:
      - name: courier
        grantee: arn:aws:iam::<account>:user/staff/alice
        operations: [Encrypt, Decrypt]
        encryption-context-subset: {to: bob}
  eu-west-1:ledger: {multi-region: true, replicas: [us-east-1], description: Both sides}
  stamp: {spec: ECC_NIST_P256, usage: SIGN_VERIFY, enabled: false}
`
