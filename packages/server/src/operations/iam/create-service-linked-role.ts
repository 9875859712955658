import { readServicePrincipal } from '@claviger/policy'
import { roleArn } from '../../identity/role.ts'
import { linkedRole, newLinkedRole } from '../../identity/service-linked-role.ts'
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
    const { name } = linkedRole(service, suffix)
    if ((await catalog.principals.byName('role', account, name)) !== undefined) {
      throw new Refusal(
        'InvalidInputException',
        `Service role name ${name} has been taken in this account, please try a different suffix.`,
      )
    }
    const made = { account, service, suffix, description, createdAt: call.now }
    const { role, attachment } = newLinkedRole(made, chance)
    changes.add('role', role)
    if (attachment !== undefined) changes.add('attachment', attachment)
    return { Role: await roleDetail(role, catalog) }
  },
})
