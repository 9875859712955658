import type { CommandEntry } from '../command.ts'

/**
 * Every command. To add one, write its file and its line here. A command is loaded when it is typed: most need
 * neither the service nor its dependencies, and start in half the time without them.
 */
export const commands: readonly CommandEntry[] = [
  { name: 'serve', summary: 'runs the service', load: async () => (await import('./serve.ts')).serve },
  {
    name: 'apply',
    summary: 'makes accounts, principals, policies and keys as a file describes them',
    load: async () => (await import('./apply.ts')).apply,
  },
  {
    name: 'why',
    summary: 'says why a call of the running service was denied, and what would help',
    load: async () => (await import('./why.ts')).why,
  },
  {
    name: 'service add',
    summary: 'gives a service credentials, to call as itself and for users',
    load: async () => (await import('./service-add.ts')).serviceAdd,
  },
  {
    name: 'service list',
    summary: 'lists the services that have credentials',
    load: async () => (await import('./service-list.ts')).serviceList,
  },
  {
    name: 'service remove',
    summary: 'takes credentials from a service',
    load: async () => (await import('./service-remove.ts')).serviceRemove,
  },
  {
    name: 'policy check',
    summary: 'reports what is wrong with policy documents, with line and column',
    load: async () => (await import('./policy-check.ts')).policyCheck,
  },
  {
    name: 'policy eval',
    summary: 'decides the cases in a file, and says why',
    load: async () => (await import('./policy-eval.ts')).policyEval,
  },
  {
    name: 'policy test',
    summary: 'holds policies to the expectations that are kept beside them',
    load: async () => (await import('./policy-test.ts')).policyTest,
  },
  {
    name: 'audit search',
    summary: 'finds what is recorded in the audit journal, and follows it',
    load: async () => (await import('./audit-search.ts')).auditSearch,
  },
  {
    name: 'audit verify',
    summary: 'checks that no line of the audit journal was changed, removed or moved',
    load: async () => (await import('./audit-verify.ts')).auditVerify,
  },
]
