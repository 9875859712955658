import { onOrganization } from '../on-organization.ts'
import { requireChild } from './require-target.ts'

export const listParents = onOrganization({
  name: 'ListParents',
  summary: 'Tells the root or unit that an account or unit is right below; there is always one.',
  targets: (input) => ({ child: input.ChildId }),
  async handle({ subject: { organization, targets } }) {
    const { parentId: Id } = requireChild(targets.child)
    return { Parents: [{ Id, Type: Id === organization.value.rootId ? 'ROOT' : 'ORGANIZATIONAL_UNIT' }] }
  },
})
