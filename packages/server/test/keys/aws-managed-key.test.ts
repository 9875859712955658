import { parsePolicy } from '@claviger/policy'
import { describe, expect, test } from 'vitest'
import { awsManagedKey, isPredefinedAlias, managedServiceOf } from '../../src/keys/aws-managed-key.ts'

const place = { account: '111122223333', region: 'eu-west-2', keyId: '00000000-0000-4000-8000-000000000000' }

function keyOf(name: string) {
  const service = managedServiceOf(`alias/aws/${name}`)
  if (service === undefined) throw new Error(`there is no service ${name}`)
  return awsManagedKey(service, place, 0)
}

describe('the policy of a key that AWS manages', () => {
  test('is what AWS writes for EBS, to the letter', () => {
    expect(keyOf('ebs').policy.text).toBe(`{
  "Version" : "2012-10-17",
  "Id" : "auto-ebs-2",
  "Statement" : [ {
    "Sid" : "Allow access through EBS for all principals in the account that are authorized to use EBS",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "*"
    },
    "Action" : [ "kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:CreateGrant", "kms:DescribeKey" ],
    "Resource" : "*",
    "Condition" : {
      "StringEquals" : {
        "kms:CallerAccount" : "111122223333",
        "kms:ViaService" : "ec2.eu-west-2.amazonaws.com"
      }
    }
  }, {
    "Sid" : "Allow direct access to key metadata to the account",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "arn:aws:iam::111122223333:root"
    },
    "Action" : [ "kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant" ],
    "Resource" : "*"
  } ]
}`)
  })

  test.each(['s3', 'sns', 'lambda', 'secretsmanager', 'some-service-of-yours'])('parses, for %s', (name) => {
    expect(parsePolicy(keyOf(name).policy.text, 'key-policy')).toMatchObject({ ok: true })
  })

  test('lets grants be revoked only where the service makes some', () => {
    expect(keyOf('rds').policy.text).toContain('"kms:RevokeGrant"')
    expect(keyOf('s3').policy.text).not.toContain('Grant')
  })
})

test('an alias of AWS’s names a service, as that is called: letters in lower case, digits and dashes', () => {
  for (const name of [
    'alias/s3',
    'alias/aws/',
    'alias/aws/S3',
    'alias/aws/a/b',
    'alias/aws/a"b',
    'alias/aws/ec2',
  ]) {
    expect(managedServiceOf(name), name).toBeUndefined()
  }
  expect(managedServiceOf('alias/aws/s3')?.caller).toBe('s3')
  expect(managedServiceOf('alias/aws/ebs')?.caller).toBe('ec2')
})

test('AWS has set some aliases aside, whether or not a service has used them', () => {
  expect(isPredefinedAlias('alias/aws/s3')).toBe(true)
  expect(isPredefinedAlias('alias/aws/some-service-of-yours')).toBe(false)
  expect(isPredefinedAlias('alias/s3')).toBe(false)
})
