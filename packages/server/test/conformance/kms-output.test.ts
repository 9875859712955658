import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isPublished, operationNames, outputPaths } from './kms-model.ts'
import { conditionalMembers, shownMembers, unknownMembers, wantedMembers } from './output-members.ts'
import { keyStoreScenarios } from './scenarios/key-stores.ts'
import { keyScenarios, materialScenarios } from './scenarios/keys.ts'
import { listScenarios } from './scenarios/lists.ts'
import type { Scenario } from './scenarios/scenario.ts'
import { useScenarios } from './scenarios/use.ts'
import { makeWorld, type World } from './world.ts'

const scenarios: readonly Scenario[] = [
  ...keyScenarios,
  ...materialScenarios,
  ...useScenarios,
  ...listScenarios,
  ...keyStoreScenarios,
]

/** Members that the model has and no answer can have here, each with the reason. */
const never: readonly (readonly [operation: string, because: string, ...members: string[]])[] = [
  [
    'CreateKey',
    'a new key has neither material of others nor replicas, and is not about to be deleted',
    ...['DeletionDate', 'ExpirationModel', 'PendingDeletionWindowInDays', 'ValidTo'].map(inMetadata),
    ...['Arn', 'Region'].map((member) => `KeyMetadata.MultiRegionConfiguration.ReplicaKeys.${member}`),
  ],
  [
    'ReplicateKey',
    'a new replica has no imported material, is not about to be deleted, and is in no custom key store',
    ...[
      ...['CloudHsmClusterId', 'CustomKeyStoreId', 'DeletionDate', 'ExpirationModel'],
      ...['PendingDeletionWindowInDays', 'ValidTo', 'XksKeyConfiguration'],
    ].map((member) => `ReplicaKeyMetadata.${member}`),
  ],
  ['CreateKey', 'no key is in a cluster: there are none to be connected to', inMetadata('CloudHsmClusterId')],
  [
    'DescribeKey',
    'no key is in a cluster: there are none to be connected to',
    inMetadata('CloudHsmClusterId'),
  ],
  ['GetKeyRotationStatus', 'a rotation is done when it is answered', 'OnDemandRotationStartDate'],
  ['ListKeyPolicies', 'a key has one policy', 'NextMarker'],
  [
    'ListRetirableGrants',
    'only the service itself may ask for the grants it can retire',
    'Grants.RetiringServicePrincipal',
  ],
]

function inMetadata(member: string): string {
  return `KeyMetadata.${member}`
}

let world: World
beforeAll(async () => {
  world = await makeWorld()
})
afterAll(() => world.close())

const named = scenarios.map((each) => [each.operation, each.when, each] as const)

describe.skipIf(!isPublished)('an answer has the members that the model says it has, and no others', () => {
  test.each(named)('%s: %s', async (operation, _when, { shows, answer }) => {
    expect(shownMembers(operation, await answer(world))).toEqual(wantedMembers(operation, shows))
  })
})

describe.skipIf(!isPublished)('every member of every answer', () => {
  const shown = new Set(
    scenarios.flatMap(({ operation, shows }) => shows.map((member) => `${operation} ${member}`)),
  )
  const excused = new Set(
    never.flatMap(([operation, , ...members]) => members.map((each) => `${operation} ${each}`)),
  )

  test('is shown by a scenario, or there is a reason why none can show it', () => {
    const conditional = operationNames.flatMap((operation) =>
      conditionalMembers(operation).map((member) => `${operation} ${member}`),
    )
    expect(conditional.filter((each) => !shown.has(each) && !excused.has(each))).toEqual([])
    expect([...excused].filter((each) => shown.has(each) || !conditional.includes(each))).toEqual([])
  })

  test('that is in every one of these answers is not among those that only some have', () => {
    const lacking = new Set(
      scenarios.flatMap(({ operation, shows }) =>
        conditionalMembers(operation)
          .filter((member) => !shows.includes(member))
          .map((each) => `${operation} ${each}`),
      ),
    )
    expect([...shown].filter((each) => !lacking.has(each))).toEqual([])
  })

  test('is one of the model’s', () => {
    expect(unknownMembers()).toEqual([])
    const told = scenarios.filter(({ operation, shows }) =>
      shows.some((member) => !conditionalMembers(operation).includes(member)),
    )
    expect(told.map(({ operation, when }) => `${operation} ${when}`)).toEqual([])
  })

  test('is of an operation with a scenario', () => {
    const tried = new Set(scenarios.map(({ operation }) => operation))
    const answering = operationNames.filter((operation) => outputPaths(operation).length > 0)
    expect(answering.filter((operation) => !tried.has(operation))).toEqual([])
  })
})
