import { onIamAccount } from '../iam-operation.ts'
import { needsOf, switchFeature } from './root-features.ts'

const name = 'DisableOrganizationsRootCredentialsManagement'

export const disableOrganizationsRootCredentialsManagement = onIamAccount({
  name,
  summary:
    'Ends that the management account can have sessions in which it looks at and deletes credentials of the root users of member accounts.',
  needs: needsOf(name),
  handle: (handling) => switchFeature('RootCredentialsManagement', false, handling),
})
