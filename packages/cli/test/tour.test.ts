import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { tour } from '../tour/tour.ts'

/** Everything that was written, as text. */
function collector(): { stream: Writable; text: () => string } {
  const chunks: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(String(chunk))
      done()
    },
  })
  return { stream, text: () => chunks.join('') }
}

test('the tour walks through keys, policies, grants and the audit, and every refusal on it is a real one', async () => {
  const out = collector()
  await tour(out.stream)
  const lines = out
    .text()
    .split('\n')
    .map((line) => line.trimEnd())

  const calls = lines
    .filter((line) => /^ {2}\w+ +[✓✗]/.test(line))
    .map((line) => line.trim().replaceAll(/ +/g, ' '))
  expect(calls).toEqual([
    'root ✓ CreateKey',
    'alice ✗ Encrypt',
    'root ✓ PutUserPolicy alice may Encrypt and Decrypt',
    'alice ✓ Encrypt',
    'alice ✓ Decrypt',
    'root ✓ PutKeyPolicy root administers, bob uses it for tenant blue',
    'root ✗ Encrypt',
    'bob ✗ ScheduleKeyDeletion',
    'alice ✗ Encrypt her IAM policy no longer counts',
    'bob ✗ Encrypt without context',
    'bob ✓ Encrypt tenant=blue',
    'carol ✗ Decrypt tenant=blue',
    'root ✓ CreateGrant carol may Decrypt for tenant blue',
    'carol ✓ Decrypt tenant=blue',
    'root ✓ RevokeGrant',
    'carol ✗ Decrypt tenant=blue',
  ])
  const refusals = lines.filter((line) =>
    line.includes('AccessDeniedException: User: arn:aws:iam::111122223333:'),
  )
  expect(refusals).toHaveLength(7)

  const audit = lines.filter((line) => /^ {2}\w+ +\w+ +(Allow|ImplicitDeny)/.test(line))
  expect(
    audit.map((line) =>
      line
        .trim()
        .replaceAll(/ +/g, ' ')
        .replace(/grant [0-9a-f]{8}/, 'grant N'),
    ),
  ).toEqual([
    'root CreateKey Allow root of the account',
    'alice Encrypt ImplicitDeny no identity-policy allows it',
    'alice Encrypt Allow "Enable IAM User Permissions" and "use"',
    'alice Decrypt Allow "Enable IAM User Permissions" and "use"',
    'root PutKeyPolicy Allow "Enable IAM User Permissions"',
    'root Encrypt ImplicitDeny no key-policy allows it',
    'bob ScheduleKeyDeletion ImplicitDeny no identity-policy allows it',
    'alice Encrypt ImplicitDeny no key-policy allows it',
    'bob Encrypt ImplicitDeny no key-policy allows it',
    'bob Encrypt Allow "Users"',
    'carol Decrypt ImplicitDeny no key-policy allows it',
    'root CreateGrant Allow "Administrators"',
    'carol Decrypt Allow grant N…',
    'root RevokeGrant Allow "Administrators"',
    'carol Decrypt ImplicitDeny no key-policy allows it',
    'root ListGrants Allow "Administrators"',
  ])
  expect(out.text()).toContain('"meet me at noon"')
  expect(out.text()).toMatch(/\d+ records, every one linked to the one before/)
})
