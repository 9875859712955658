import type { Principal } from '@claviger/policy'
import type { Catalog } from '../../../catalog/catalog.ts'
import { sessionArn } from '../../../identity/role.ts'
import type { Tag } from '../../../identity/tags.ts'
import { Refusal } from '../../../protocol/errors.ts'

/** Whoever is supposed to call. Nothing follows from a caller who is not named but his account. */
export interface SimulatedCaller {
  readonly principal: Principal
  readonly account: string
  readonly tags: readonly Tag[]
  readonly named: boolean
}

/** The ARN of an IAM entity, read. */
export interface Entity {
  readonly kind: 'user' | 'group' | 'role'
  readonly account: string
  readonly name: string
}

const entityPattern = /^arn:aws[a-z-]*:iam::(\d{12}):(user|group|role)\/(?:.*\/)?([^/]+)$/

/** @throws Refusal `InvalidInputException` in AWS's words */
export function readEntity(arn: string): Entity {
  const [, account, kind, name] = entityPattern.exec(arn) ?? []
  if (account === undefined || name === undefined) {
    throw new Refusal(
      'InvalidInputException',
      `Invalid Entity Arn: ${arn} does not clearly define entity type and name.`,
    )
  }
  return { kind: kind as Entity['kind'], account, name }
}

/** The caller an ARN stands for, who need not exist. A role is simulated as a session of it. */
export async function namedCaller(arn: string, catalog: Catalog): Promise<SimulatedCaller> {
  const { kind, account, name } = readEntity(arn)
  // A group calls nothing: what it has is simulated as of a user without a name.
  if (kind === 'group') return unnamedCaller(account)
  if (kind === 'role') {
    const role = await catalog.principals.roleByArn(arn)
    return {
      principal: {
        kind: 'assumed-role',
        arn: sessionArn({ account, name }, 'PolicySimulator'),
        roleArn: arn,
        account,
        ...(role !== undefined && { roleId: role.uniqueId }),
      },
      account,
      tags: role?.tags ?? [],
      named: true,
    }
  }
  const user = await catalog.principals.userByArn(arn)
  const uniqueId = user === undefined ? {} : { uniqueId: user.uniqueId }
  return {
    principal: { kind: 'user', arn, account, name, ...uniqueId },
    account,
    tags: user?.tags ?? [],
    named: true,
  }
}

export function unnamedCaller(account: string): SimulatedCaller {
  return {
    principal: { kind: 'user', arn: `arn:aws:iam::${account}:user/`, account },
    account,
    tags: [],
    named: false,
  }
}
