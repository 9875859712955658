import { onEntity } from './on-entity.ts'

/** An IAM operation on the instance profile that its `InstanceProfileName` names. */
export const onInstanceProfile = onEntity('instanceProfile')
