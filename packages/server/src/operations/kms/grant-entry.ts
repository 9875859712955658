import { rootArn } from '../../identity/account.ts'
import type { GrantRecord } from '../../keys/grant.ts'
import { keyArn } from '../../keys/key.ts'
import type { GrantListEntry, GrantOperation } from '../../protocol/models/kms.ts'

type Show = (arn: string, uniqueId: string | undefined) => Promise<string>

/** A grant as lists show it; a principal that is gone by its unique id. */
export async function grantEntry(grant: GrantRecord, show: Show): Promise<GrantListEntry> {
  const { constraints } = grant
  return {
    KeyId: keyArn(grant),
    GrantId: grant.grantId,
    Name: grant.name ?? '',
    CreationDate: new Date(grant.createdAt),
    GranteePrincipal:
      grant.granteePrincipal === undefined
        ? undefined
        : await show(grant.granteePrincipal, grant.granteeUniqueId),
    GranteeServicePrincipal: grant.granteeServicePrincipal,
    RetiringPrincipal:
      grant.retiringPrincipal === undefined
        ? undefined
        : await show(grant.retiringPrincipal, grant.retiringUniqueId),
    RetiringServicePrincipal: grant.retiringServicePrincipal,
    IssuingAccount: rootArn(grant.issuingAccount),
    Operations: grant.operations as GrantOperation[],
    Constraints:
      constraints === undefined
        ? undefined
        : {
            ...(constraints.encryptionContextEquals && {
              EncryptionContextEquals: constraints.encryptionContextEquals,
            }),
            ...(constraints.encryptionContextSubset && {
              EncryptionContextSubset: constraints.encryptionContextSubset,
            }),
            ...(constraints.sourceArn && { SourceArn: constraints.sourceArn }),
          },
  }
}
