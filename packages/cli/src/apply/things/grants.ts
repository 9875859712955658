import type { GrantConstraints, GrantListEntry, GrantOperation, KMS } from '@aws-sdk/client-kms'
import { optional } from '../../policy-cases/read-value.ts'
import { listed } from '../clients.ts'
import type { Installation } from '../installation.ts'
import type { WantedAccount, WantedGrant, WantedKey } from '../installation-file.ts'
import { required } from './holders.ts'
import type { Difference, Look } from './thing.ts'

interface GrantGround {
  readonly account: WantedAccount
  readonly installation: Installation
  readonly kms: KMS | undefined
  /** Absent as long as the key is not there. */
  readonly keyId: string | undefined
}

/** The grants on a key, known by their names. One that is there stays as it is: grants do not change. */
export async function grantsOf(
  { grants }: Pick<WantedKey, 'grants'>,
  ground: GrantGround,
): Promise<Pick<Look, 'differences' | 'beyond' | 'obstacles'>> {
  const { kms, keyId: KeyId } = ground
  const there =
    kms === undefined || KeyId === undefined
      ? []
      : await listed(
          (Marker) => kms.listGrants({ KeyId, Marker }),
          ({ Grants, NextMarker }) => ({ items: Grants, next: NextMarker }),
        )
  const byName = new Map(there.map((grant) => [grant.Name, grant]))
  const names = new Set(grants.map(({ name }) => name))
  const others = there.filter(({ Name = '' }) => !names.has(Name))
  return {
    differences: grants.filter(({ name }) => !byName.has(name)).map((grant) => newGrant(grant, ground)),
    beyond: others.map(({ GrantId, Name }) => `grant \`${Name ?? GrantId}\``),
    obstacles: grants.flatMap((grant) => {
      const present = byName.get(grant.name)
      return present === undefined || isSame(grant, present, ground)
        ? []
        : [
            `grant \`${grant.name}\` says something else, and grants cannot be changed: revoke ${present.GrantId}, or give this one another name`,
          ]
    }),
  }
}

function newGrant(grant: WantedGrant, { kms, keyId: KeyId, ...ground }: GrantGround): Difference {
  const input = wireGrant(grant, ground)
  const { name, operations } = grant
  return {
    rank: 'grants',
    member: `grants.${name}`,
    after: `${operations.join(', ')} for ${input.GranteePrincipal}`,
    put: async () => void (await required(kms)().createGrant({ KeyId, ...input })),
  }
}

function wireGrant(
  grant: WantedGrant,
  { account, installation }: Pick<GrantGround, 'account' | 'installation'>,
) {
  const { name: Name, grantee, retiringPrincipal, operations, constraint } = grant
  const principal = (written: string) => installation.resolvedText(written, account.name)
  const Constraints: GrantConstraints | undefined = constraint && {
    [constraint.kind]: { ...constraint.pairs },
  }
  return {
    Name,
    GranteePrincipal: principal(grantee),
    ...(retiringPrincipal !== undefined && { RetiringPrincipal: principal(retiringPrincipal) }),
    Operations: operations as GrantOperation[],
    ...optional('Constraints', Constraints),
  }
}

function isSame(grant: WantedGrant, there: GrantListEntry, ground: GrantGround): boolean {
  const wanted = wireGrant(grant, ground)
  const shape = ({ GranteePrincipal, RetiringPrincipal, Operations, Constraints }: GrantListEntry) =>
    JSON.stringify([
      GranteePrincipal,
      RetiringPrincipal ?? null,
      [...(Operations ?? [])].sort(),
      ...(['EncryptionContextEquals', 'EncryptionContextSubset'] as const).map((kind) =>
        Object.entries(Constraints?.[kind] ?? {}).sort(),
      ),
    ])
  return shape(wanted) === shape(there)
}
