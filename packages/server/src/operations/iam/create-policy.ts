import { type ManagedPolicy, policyArn } from '../../identity/managed-policy.ts'
import { requireRoom, requireSize } from '../../identity/quotas.ts'
import { readTags } from '../../identity/tags.ts'
import { newUniqueId } from '../../identity/unique-id.ts'
import { Refusal } from '../../protocol/errors.ts'
import { needsToMake, onIamAccount } from '../iam-operation.ts'
import { policyDetail } from './policy-detail.ts'
import { requireIdentityPolicy } from './read-policy.ts'

export const createPolicy = onIamAccount({
  name: 'CreatePolicy',
  summary: 'Makes a managed policy, which nobody has yet.',
  defaults: { Path: '/' },
  check(input) {
    requireIdentityPolicy(input.PolicyDocument)
    readTags(input.Tags)
  },
  needs: (input, { caller: { account } }) =>
    needsToMake('CreatePolicy', {
      resource: policyArn({ account, path: input.Path ?? '/', name: input.PolicyName }),
      shownAs: `policy ${input.PolicyName}`,
      tagging: 'TagPolicy',
      tags: input.Tags,
    }),
  async handle({ input, call, parts: { catalog, chance, limits }, changes }) {
    const { account } = call.caller
    const { PolicyName: name, PolicyDocument: text, Description: description } = input
    if ((await catalog.store.find('managedPolicy', [account, name.toLowerCase()])) !== undefined) {
      throw new Refusal(
        'EntityAlreadyExistsException',
        `A policy called ${name} already exists. Duplicate names are not allowed.`,
      )
    }
    requireSize('PolicySize', text)
    const count = await catalog.store.count('managedPolicy', { prefix: [account] })
    requireRoom('PoliciesPerAccount', count, { account, limits })
    const policy: ManagedPolicy = {
      account,
      uniqueId: newUniqueId('managedPolicy', chance),
      name,
      path: input.Path ?? '/',
      createdAt: call.now,
      updatedAt: call.now,
      ...(description !== undefined && { description }),
      tags: readTags(input.Tags),
      defaultVersion: 1,
      newestVersion: 1,
      versions: [{ number: 1, text, createdAt: call.now }],
    }
    changes.add('managedPolicy', policy)
    return { Policy: await policyDetail(policy, account, catalog.store) }
  },
})
