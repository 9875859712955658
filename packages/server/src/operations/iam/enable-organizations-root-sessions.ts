import { onIamAccount } from '../iam-operation.ts'
import { needsOf, switchFeature } from './root-features.ts'

const name = 'EnableOrganizationsRootSessions'

export const enableOrganizationsRootSessions = onIamAccount({
  name,
  summary:
    'Lets the management account have sessions in which it does tasks in member accounts that only their root users may.',
  needs: needsOf(name),
  handle: (handling) => switchFeature('RootSessions', true, handling),
})
