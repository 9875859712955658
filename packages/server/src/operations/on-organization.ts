import type { Need } from '../access/need.ts'
import { invariant } from '../base/invariant.ts'
import type { Call } from '../call/call.ts'
import type { RequestFacts } from '../call/facts.ts'
import {
  findOrganizationPolicy,
  findTarget,
  kindOfTarget,
  type Target,
} from '../catalog/organization-targets.ts'
import { type Organization, targetArn } from '../identity/organization.ts'
import { type OrganizationPolicy, organizationPolicyArn } from '../identity/organization-policy.ts'
import { Refusal } from '../protocol/errors.ts'
import type { OrganizationsOperations } from '../protocol/models/organizations.ts'
import type { Stored } from '../storage/store.ts'
import type { Handling, Operation, Subject } from './operation.ts'

/** An operation of Organizations by its name; what goes in and comes out follows from that. */
export type OrganizationsName = keyof OrganizationsOperations
export type OrganizationsInput<N extends OrganizationsName> = OrganizationsOperations[N]['input']
export type OrganizationsOutput<N extends OrganizationsName> = OrganizationsOperations[N]['output']

/** The organization, and of what the input names, what is there. */
export interface OrganizationSubject<T extends string> extends Subject {
  readonly organization: Stored<Organization>
  readonly targets: { readonly [name in T]?: Target | undefined }
  readonly policy: Stored<OrganizationPolicy> | undefined
}

type Ids<T extends string> = { readonly [name in T]?: string }

const entriesOf = (ids: object | undefined) => Object.entries(ids ?? {}) as [string, string][]

interface OnOrganization<N extends OrganizationsName, T extends string> {
  readonly name: N
  readonly summary: string
  readonly check?: (input: OrganizationsInput<N>) => void
  /** Ids of the roots, units and accounts that the input names, by what they are to the operation. */
  readonly targets?: (input: OrganizationsInput<N>) => Ids<T>
  /** Id of the policy that the input names. */
  readonly policy?: (input: OrganizationsInput<N>) => string | undefined
  readonly facts?: (input: OrganizationsInput<N>) => RequestFacts
  /** Whether other accounts than the management account may ask. */
  readonly forMembers?: true
  readonly handle: (
    handling: Handling<OrganizationsInput<N>, OrganizationSubject<T>>,
  ) => Promise<OrganizationsOutput<N>>
}

/**
 * An operation on the organization or something in it. Only the management account may ask for most of them. Whatever
 * changes the organization moves the organization's row: so two changes are never made side by side, each by the
 * state before the other, and what the catalog keeps of it is forgotten.
 */
export function onOrganization<N extends OrganizationsName, T extends string = never>(
  operation: OnOrganization<N, T>,
): Operation<OrganizationsInput<N>, OrganizationsOutput<N>, OrganizationSubject<T>> {
  const { name, summary, check } = operation
  return {
    service: 'organizations',
    name,
    summary,
    defaults: {},
    check: check ?? (() => undefined),
    async find(input, call, { catalog }) {
      const organization = await catalog.organizations.organization()
      invariant(organization !== undefined, 'the organization is there from the first start on')
      // Others may not learn by their own policies' conditions what is there and which tags it has.
      const mayLook = isForCaller(organization.value, call)
      const lookUp = (id: string) => (mayLook ? findTarget(id, organization.value, catalog.store) : undefined)
      const ids = entriesOf(operation.targets?.(input))
      const found = await Promise.all(ids.map(async ([key, id]) => [key, await lookUp(id)] as const))
      const policyId = operation.policy?.(input)
      return {
        keys: [],
        organization,
        targets: Object.fromEntries(found) as OrganizationSubject<T>['targets'],
        policy:
          policyId === undefined || !mayLook
            ? undefined
            : await findOrganizationPolicy(policyId, catalog.store),
      }
    },
    needs: (input, subject) => needsOf(operation, input, subject),
    require(_input, { organization }, call) {
      if (operation.forMembers || isForCaller(organization.value, call)) return
      throw new Refusal('AccessDeniedException', "You don't have permissions to access this resource.")
    },
    async handle(handling) {
      const output = await operation.handle(handling)
      const { changes, subject } = handling
      const movesIt = changes.list.some((change) => 'put' in change && change.put === 'organization')
      if (changes.list.length > 0 && !movesIt) {
        changes.replace('organization', subject.organization, subject.organization.value)
      }
      return output
    },
  }
}

function isForCaller({ managementAccount }: Organization, { caller }: Call): boolean {
  return caller.account === managementAccount
}

/** The action is asked about everything that is named; and about the tags that something new is to have. */
function needsOf<N extends OrganizationsName, T extends string>(
  { name, targets, policy, facts }: OnOrganization<N, T>,
  input: OrganizationsInput<N>,
  subject: OrganizationSubject<T>,
): readonly Need[] {
  const organization = subject.organization.value
  const own: RequestFacts = {
    ...(subject.policy && { organizationPolicyType: subject.policy.value.type }),
    ...facts?.(input),
  }
  const asked = entriesOf(targets?.(input)).map(([key, id]) => ({
    resource: targetArn(kindOfTarget(id), id, organization),
    tags: subject.targets[key as T]?.tags,
  }))
  const policyId = policy?.(input)
  if (policyId !== undefined) {
    const known = subject.policy?.value ?? { policyId, type: 'SERVICE_CONTROL_POLICY' }
    asked.unshift({ resource: organizationPolicyArn(known, organization), tags: subject.policy?.value.tags })
  }
  if (asked.length === 0) asked.push({ resource: '*', tags: undefined })
  const need = (action: string, { resource, tags }: (typeof asked)[number]): Need => ({
    action: `organizations:${action}`,
    resource,
    named: 'by-caller',
    facts: { ...own, ...(tags && { resourceTags: tags }) },
  })
  const needs = asked.map((each) => need(name, each))
  const isTagged = name.startsWith('Create') && (own.requestTags?.length ?? 0) > 0
  return isTagged ? [...needs, need('TagResource', { resource: '*', tags: undefined })] : needs
}
