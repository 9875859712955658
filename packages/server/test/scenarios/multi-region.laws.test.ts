import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { home, inRegions, ireland, mumbai } from '../regions.ts'
import { bytes, daysMs, type KMS, newKey, type Serving, serve, textOf } from '../serving.ts'

const regions = [home, ireland, mumbai] as const
type Region = (typeof regions)[number]

let house: Serving
beforeAll(async () => {
  house = await serve(inRegions)
})
afterAll(() => house.close())

const region = fc.constantFrom(...regions)

type Deed = (kms: KMS, KeyId: string, other: Region) => Promise<unknown>

/** Whatever anybody may do with related keys that concerns more than one of them. */
const deeds: Readonly<Record<string, Deed>> = {
  replicate: (kms, KeyId, ReplicaRegion) => kms.replicateKey({ KeyId, ReplicaRegion }),
  update: (kms, KeyId, PrimaryRegion) => kms.updatePrimaryRegion({ KeyId, PrimaryRegion }),
  delete: (kms, KeyId) => kms.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 }),
  cancel: (kms, KeyId) => kms.cancelKeyDeletion({ KeyId }),
  enable: (kms, KeyId) => kms.enableKey({ KeyId }),
}

const step = fc.oneof(
  fc.record({ deed: fc.constantFrom(...Object.keys(deeds)), region, other: region }),
  fc.record({ passes: fc.constantFrom(500, 1000, daysMs(3), daysMs(7)) }),
)

test('whatever is done to related keys, and whenever: they agree on who they are, one of them is the primary, and all open the same', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
      const { id } = await newKey(house.root, { MultiRegion: true })
      const { CiphertextBlob } = await house.root.kms.encrypt({ KeyId: id, Plaintext: bytes('noon') })
      for (const each of steps) {
        if ('passes' in each) house.clock.advance(each.passes)
        // What cannot be done just then is refused; that changes nothing, and is not what this is about.
        else await deeds[each.deed]?.(house.root.kmsIn(each.region), id, each.other).catch(refusedOnly)
        await requireAgreement(id, CiphertextBlob)
      }
    }),
    { numRuns: 25 },
  )
})

const refusals = /State|Disabled|NotFound|AlreadyExists|UnsupportedOperation/

function refusedOnly(error: Error): void {
  expect(error.name).toMatch(refusals)
}

async function requireAgreement(id: string, CiphertextBlob: Uint8Array | undefined): Promise<void> {
  const found = await Promise.all(
    regions.map((each) => house.root.kmsIn(each).describeKey({ KeyId: id }).catch(refusedOnly)),
  )
  const keys = found.flatMap((each) => each?.KeyMetadata ?? [])
  if (keys.length === 0) return
  const here = keys.map(({ Arn }) => String(Arn)).sort()
  for (const { MultiRegionConfiguration: told } of keys) {
    expect(told?.PrimaryKey).toEqual(keys[0]?.MultiRegionConfiguration?.PrimaryKey)
    expect([told?.PrimaryKey, ...(told?.ReplicaKeys ?? [])].map((each) => each?.Arn).sort()).toEqual(here)
  }
  const types = keys.map((each) => each.MultiRegionConfiguration?.MultiRegionKeyType)
  expect(types.filter((type) => type === 'PRIMARY')).toHaveLength(1)
  for (const { KeyState, Arn } of keys) {
    if (KeyState !== 'Enabled' && KeyState !== 'Updating') continue
    const kms = house.root.kmsIn(String(Arn?.split(':')[3]))
    expect(textOf((await kms.decrypt({ CiphertextBlob })).Plaintext)).toBe('noon')
  }
}
