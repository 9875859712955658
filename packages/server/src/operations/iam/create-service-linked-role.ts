import { readServicePrincipal } from '@claviger/policy'
import { policyArn } from '../../identity/managed-policy.ts'
import { type Role, roleArn } from '../../identity/role.ts'
import { linkedRole } from '../../identity/service-linked-role.ts'
import { newUniqueId } from '../../identity/unique-id.ts'
import { Refusal } from '../../protocol/errors.ts'
import { needsToMake, onIamAccount } from '../iam-operation.ts'
import { roleDetail } from './role-detail.ts'

export const createServiceLinkedRole = onIamAccount({
  name: 'CreateServiceLinkedRole',
  summary: 'Makes the role that a service has in the account, which only the service can change.',
  check({ AWSServiceName: service, CustomSuffix: suffix }) {
    if (!readServicePrincipal(service).ok) {
      throw new Refusal('InvalidInputException', `Service principal ${service} is not valid.`)
    }
    if (suffix === undefined || linkedRole(service).takesSuffix) return
    throw new Refusal('InvalidInputException', `Custom suffix is not allowed for ${service}`)
  },
  needs: ({ AWSServiceName: service, CustomSuffix: suffix }, { caller: { account } }) =>
    needsToMake('CreateServiceLinkedRole', {
      resource: roleArn({ account, ...linkedRole(service, suffix) }),
      facts: { awsServiceName: service },
    }),
  async handle({ input, call, parts: { catalog, chance }, changes }) {
    const { account } = call.caller
    const { AWSServiceName: service, CustomSuffix: suffix, Description: description } = input
    const { name, path, policy } = linkedRole(service, suffix)
    if ((await catalog.principals.byName('role', account, name)) !== undefined) {
      throw new Refusal(
        'InvalidInputException',
        `Service role name ${name} has been taken in this account, please try a different suffix.`,
      )
    }
    const role: Role = {
      account,
      uniqueId: newUniqueId('role', chance),
      name,
      path,
      createdAt: call.now,
      trustPolicy: { text: trustPolicyOf(service), bindings: {} },
      ...(description !== undefined && { description }),
      maxSessionSeconds: 3600,
      tags: [],
      linkedService: service,
    }
    changes.add('role', role)
    if (policy !== undefined) {
      const arn = policyArn({ account: 'aws', path: '/aws-service-role/', name: policy })
      changes.add('attachment', { account, ownerId: role.uniqueId, policyArn: arn })
    }
    return { Role: await roleDetail(role, catalog) }
  },
})

/** The service alone may assume its role. */
function trustPolicyOf(service: string): string {
  return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"${service}"},"Action":"sts:AssumeRole"}]}`
}
