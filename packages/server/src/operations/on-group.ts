import { onEntity } from './on-entity.ts'

/** An IAM operation on the group that its `GroupName` names. */
export const onGroup = onEntity('group')
