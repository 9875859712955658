import { onIamAccount } from '../iam-operation.ts'
import { needsOf, switchFeature } from './root-features.ts'

const name = 'EnableOrganizationsRootCredentialsManagement'

export const enableOrganizationsRootCredentialsManagement = onIamAccount({
  name,
  summary:
    'Lets the management account have sessions in which it looks at and deletes credentials of the root users of member accounts.',
  needs: needsOf(name),
  handle: (handling) => switchFeature('RootCredentialsManagement', true, handling),
})
