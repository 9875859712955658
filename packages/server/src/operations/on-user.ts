import { onEntity } from './on-entity.ts'

/** An IAM operation on the user that its `UserName` names, or on the caller where it may be left out. */
export const onUser = onEntity('user')
