import { isScalar, type Node } from 'yaml'
import { optional } from '../../policy-cases/read-value.ts'
import type {
  Attached,
  ControlPolicyType,
  WantedControlPolicy,
  WantedOrganization,
  WantedUnit,
} from '../installation-file.ts'
import { type DocumentPlace, readDocument } from './read-document.ts'
import { type Members, membersOf, readNamed } from './reading.ts'

/** How the file calls the two types of control policies. */
export const controlPolicyMembers = ['service-control-policies', 'resource-control-policies'] as const

const types: Readonly<Record<(typeof controlPolicyMembers)[number], ControlPolicyType>> = {
  'service-control-policies': 'SERVICE_CONTROL_POLICY',
  'resource-control-policies': 'RESOURCE_CONTROL_POLICY',
}

/** What the rest of the file may name of the organization. */
export interface OrganizationPlace extends Omit<DocumentPlace, 'kind' | 'path'> {
  readonly controlPolicies: Set<string>
  readonly units: Set<string>
}

/** Reads `organization`: control policies, what is attached to the root, and units. */
export async function readOrganization(
  node: Node | null,
  place: OrganizationPlace,
): Promise<WantedOrganization> {
  const members = membersOf(node, 'organization', [...controlPolicyMembers, 'root', 'units'], place)
  const controlPolicies: WantedControlPolicy[] = []
  for (const member of controlPolicyMembers) {
    controlPolicies.push(...(await readControlPolicies(members.nodeOf(member), member, place)))
  }
  const root = membersOf(members.nodeOf('root'), 'root', controlPolicyMembers, place)
  const units: WantedUnit[] = []
  await readUnits(members.nodeOf('units'), '', units, place)
  return { controlPolicies, attached: readAttached(root, place), units }
}

const policyForm = /^[\s\S]{1,128}$/

function readControlPolicies(
  node: Node | null,
  member: (typeof controlPolicyMembers)[number],
  place: OrganizationPlace,
): Promise<WantedControlPolicy[]> {
  const type = types[member]
  const where = { path: member, form: policyForm, means: 'name of a policy' }
  return readNamed(node, where, place, async (name, value, at) => {
    const path = `policy \`${name}\``
    const members = membersOf(value, path, ['description', 'document'], place)
    place.controlPolicies.add(`${type} ${name}`)
    if (!members.has('document')) return place.yaml.report(at, `${path} needs \`document\``)
    const kind = type === 'SERVICE_CONTROL_POLICY' ? 'service-control-policy' : 'resource-control-policy'
    const document = await readDocument(members.nodeOf('document'), { ...place, kind, path: 'document' })
    return document && { type, name, ...optional('description', members.text('description')), document }
  })
}

async function readUnits(
  node: Node | null,
  parent: string,
  units: WantedUnit[],
  place: OrganizationPlace,
): Promise<void> {
  const where = { path: 'units', form: /^[^/]{1,128}$/, means: 'name of a unit' }
  await readNamed(node, where, place, async (name, value) => {
    const path = parent === '' ? name : `${parent}/${name}`
    const members = membersOf(value, `unit \`${path}\``, [...controlPolicyMembers, 'units'], place)
    place.units.add(path)
    units.push({ path, attached: readAttached(members, place) })
    await readUnits(members.nodeOf('units'), path, units, place)
    return undefined
  })
}

/** Control policies that are attached where these members stand. */
export function readAttached(members: Members, place: OrganizationPlace): readonly Attached[] {
  const { yaml, checks, controlPolicies } = place
  return controlPolicyMembers.flatMap((member) =>
    yaml.items(members.nodeOf(member)).flatMap((item): Attached[] => {
      const type = types[member]
      if (!isScalar(item) || typeof item.value !== 'string') {
        return yaml.report(item, `${member} are named here, and written under \`organization\``) ?? []
      }
      const name = item.value
      checks.push(() => {
        if (controlPolicies.has(`${type} ${name}`)) return
        yaml.report(item, `there is no policy \`${name}\` among organization's ${member}`)
      })
      return [{ type, name }]
    }),
  )
}
