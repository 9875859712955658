import { checkTrustPolicy, readTrustPolicy } from '../../access/trust-policy.ts'
import { type Role, roleArn } from '../../identity/role.ts'
import { readTags } from '../../identity/tags.ts'
import { newUniqueId } from '../../identity/unique-id.ts'
import { needsToMake, onIamAccount } from '../iam-operation.ts'
import { boundaryFacts, checkBoundary, requireBoundary } from './boundary.ts'
import { requireRoomForNew } from './new-entity.ts'
import { roleDetail } from './role-detail.ts'
import { checkRolePath } from './role-path.ts'

export const createRole = onIamAccount({
  name: 'CreateRole',
  summary: 'Makes a role, for whoever its trust policy lets assume it.',
  defaults: { Path: '/', MaxSessionDuration: 3600 },
  check(input) {
    checkRolePath(input)
    checkTrustPolicy(input.AssumeRolePolicyDocument)
    checkBoundary(input)
    readTags(input.Tags)
  },
  needs: (input, { caller: { account } }) =>
    needsToMake('CreateRole', {
      resource: roleArn({ account, path: input.Path ?? '/', name: input.RoleName }),
      tagging: 'TagRole',
      tags: input.Tags,
      facts: boundaryFacts(input.PermissionsBoundary),
    }),
  async handle({ input, call, parts, changes }) {
    const { catalog, chance, limits } = parts
    const { account } = call.caller
    const { RoleName: name, PermissionsBoundary: boundary, Description: description } = input
    await requireRoomForNew('role', { account, name }, parts)
    if (boundary !== undefined) await requireBoundary(boundary, { account, parts, changes })
    const role: Role = {
      account,
      uniqueId: newUniqueId('role', chance),
      name,
      path: input.Path ?? '/',
      createdAt: call.now,
      trustPolicy: await readTrustPolicy(input.AssumeRolePolicyDocument, { account, limits }, catalog),
      ...(description !== undefined && { description }),
      maxSessionSeconds: input.MaxSessionDuration ?? 3600,
      tags: readTags(input.Tags),
      ...(boundary !== undefined && { boundary }),
    }
    changes.add('role', role)
    return { Role: await roleDetail(role, catalog) }
  },
})
