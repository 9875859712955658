import { onIamAccount } from '../iam-operation.ts'
import { needsOf, switchFeature } from './root-features.ts'

const name = 'DisableOrganizationsRootSessions'

export const disableOrganizationsRootSessions = onIamAccount({
  name,
  summary:
    'Ends that the management account can have sessions in which it does tasks in member accounts that only their root users may.',
  needs: needsOf(name),
  handle: (handling) => switchFeature('RootSessions', false, handling),
})
