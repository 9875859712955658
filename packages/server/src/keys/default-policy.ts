import { rootArn } from '../identity/account.ts'

/**
 * The policy of a key made without one, to the letter of what AWS stores: it gives the account's root user access
 * and lets the account's identity policies decide for everybody else (AWS KMS Developer Guide, "Default key policy").
 */
export function defaultKeyPolicy(account: string): string {
  return `{
  "Version" : "2012-10-17",
  "Id" : "key-default-1",
  "Statement" : [ {
    "Sid" : "Enable IAM User Permissions",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "${rootArn(account)}"
    },
    "Action" : "kms:*",
    "Resource" : "*"
  } ]
}`
}
