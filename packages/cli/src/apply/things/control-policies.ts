import type { Organizations } from '@aws-sdk/client-organizations'
import { listed } from '../clients.ts'
import type { Installation } from '../installation.ts'
import type { Attached, ControlPolicyType } from '../installation-file.ts'
import { rankOfPolicy } from './account-parts.ts'
import { missing, surplus } from './differences.ts'
import type { Difference } from './thing.ts'

/** What the file calls the types of control policies. */
export const controlPolicyWords: Readonly<Record<ControlPolicyType, string>> = {
  SERVICE_CONTROL_POLICY: 'service-control-policies',
  RESOURCE_CONTROL_POLICY: 'resource-control-policies',
}
export const controlPolicyTypes = Object.keys(controlPolicyWords) as ControlPolicyType[]

/** What is attached somewhere, against what is to be. */
export interface Attachments {
  readonly differences: readonly Difference[]
  readonly beyond: readonly string[]
}

/** Control policies that are attached to a target, against those that are to be. */
export async function attachedThere(
  wanted: readonly Attached[],
  target: string | undefined,
  { organizations, file }: Installation,
): Promise<Attachments> {
  const attachments: Attachments[] = []
  for (const type of controlPolicyTypes) {
    const names = wanted.filter((one) => one.type === type).map(({ name }) => name)
    const there = target === undefined ? [] : await attachedNames(organizations, target, type)
    const wantedHere = { there, wanted: names }
    const differences = names.flatMap((name) => {
      const policy = file.organization.controlPolicies.find((one) => one.type === type && one.name === name)
      const rank = policy === undefined ? 'policies' : rankOfPolicy(policy)
      return missing(rank, controlPolicyWords[type], { there, wanted: [name] }, async () => {
        const PolicyId = (await policiesOf(organizations, type)).get(name)?.id
        await organizations.attachPolicy({ PolicyId, TargetId: target })
      })
    })
    const ours = { ...wantedHere, there: there.filter((name) => !fullAccess.includes(name)) }
    attachments.push({ differences, beyond: surplus(controlPolicyWords[type].replace(/ies$/, 'y'), ours) })
  }
  return {
    differences: attachments.flatMap(({ differences }) => differences),
    beyond: attachments.flatMap(({ beyond }) => beyond),
  }
}

/** What everything has attached from the beginning. */
const fullAccess = ['FullAWSAccess', 'RCPFullAWSAccess']

function attachedNames(
  organizations: Organizations,
  TargetId: string,
  Filter: ControlPolicyType,
): Promise<string[]> {
  return listed(
    (NextToken) => organizations.listPoliciesForTarget({ TargetId, Filter, NextToken }),
    ({ Policies, NextToken }) => ({ items: Policies?.flatMap(({ Name }) => Name ?? []), next: NextToken }),
  )
}

/** The control policies of a type, by their names. */
export async function policiesOf(
  organizations: Organizations,
  Filter: ControlPolicyType,
): Promise<ReadonlyMap<string, { id: string; description: string }>> {
  const policies = await listed(
    (NextToken) => organizations.listPolicies({ Filter, NextToken }),
    ({ Policies, NextToken }) => ({ items: Policies, next: NextToken }),
  )
  return new Map(
    policies.map(({ Name = '', Id = '', Description = '' }) => [Name, { id: Id, description: Description }]),
  )
}
