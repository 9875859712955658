import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bytes, daysMs, newKey, type Serving, serve, textOf } from '../serving.ts'

let house: Serving
beforeAll(async () => {
  house = await serve()
})
afterAll(() => house.close())

/** A key as anybody can keep it in mind: days are whole, and counted from the start. */
interface Model {
  state: 'Enabled' | 'Disabled' | 'PendingDeletion' | 'gone'
  day: number
  period?: number | undefined
  next: number
  goneOn: number
  rotations: ('AUTOMATIC' | 'ON_DEMAND')[]
}

type Deed = 'enableRotation' | 'disableRotation' | 'rotate' | 'enable' | 'disable' | 'delete' | 'cancel'

/** Whether a deed is done, by the key's state; and what it does. */
const deeds: Readonly<Record<Deed, (model: Model, period: number) => boolean>> = {
  enableRotation: (model, period) =>
    model.state === 'Enabled' && !!Object.assign(model, { period, next: model.day + period }),
  disableRotation: (model) => model.state === 'Enabled' && !!Object.assign(model, { period: undefined }),
  rotate: (model) => model.state === 'Enabled' && model.rotations.push('ON_DEMAND') > 0,
  enable: (model) => isUsable(model) && !!Object.assign(model, { state: 'Enabled' }, overdue(model)),
  disable: (model) => isUsable(model) && !!Object.assign(model, { state: 'Disabled' }),
  delete: (model) =>
    isUsable(model) && !!Object.assign(model, { state: 'PendingDeletion', goneOn: model.day + 30 }),
  cancel: (model) => model.state === 'PendingDeletion' && !!Object.assign(model, { state: 'Disabled' }),
}

const isUsable = ({ state }: Model) => state === 'Enabled' || state === 'Disabled'

const overdue = ({ period, next, day }: Model) => (period !== undefined && next < day ? { next: day } : {})

/** What the clock does to a key; its dates that passed unattended are one rotation. */
function attend(model: Model): void {
  if (model.state === 'PendingDeletion' && model.goneOn <= model.day) model.state = 'gone'
  const { state, period, next, day } = model
  if (state !== 'Enabled' || period === undefined || next > day) return
  model.rotations.push('AUTOMATIC')
  model.next = next + (Math.floor((day - next) / period) + 1) * period
}

function done(deed: Deed, KeyId: string, RotationPeriodInDays: number): Promise<unknown> {
  const { kms } = house.root
  const calls: Readonly<Record<Deed, () => Promise<unknown>>> = {
    enableRotation: () => kms.enableKeyRotation({ KeyId, RotationPeriodInDays }),
    disableRotation: () => kms.disableKeyRotation({ KeyId }),
    rotate: () => kms.rotateKeyOnDemand({ KeyId }),
    enable: () => kms.enableKey({ KeyId }),
    disable: () => kms.disableKey({ KeyId }),
    delete: () => kms.scheduleKeyDeletion({ KeyId }),
    cancel: () => kms.cancelKeyDeletion({ KeyId }),
  }
  return calls[deed]()
}

const deed = fc.constantFrom(...(Object.keys(deeds) as Deed[]))
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ deed, period: fc.constantFrom(90, 100, 365) }) },
  { weight: 2, arbitrary: fc.record({ days: fc.constantFrom(1, 29, 45, 90, 400) }) },
)

test('whatever is done to a key, and however long nobody looks: it is rotated when it should be, and opens all it ever sealed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const { id } = await newKey(house.root)
      const model: Model = { state: 'Enabled', day: 0, next: 0, goneOn: 0, rotations: [] }
      const sealed: { text: string; CiphertextBlob?: Uint8Array | undefined }[] = []
      for (const each of steps) {
        attend(model)
        if ('days' in each) {
          model.day += each.days
          house.clock.advance(daysMs(each.days))
        } else {
          const expected = deeds[each.deed](model, each.period)
          const happened = await done(each.deed, id, each.period).then(
            () => true,
            (error: Error) => refusedOnly(error),
          )
          expect(happened, each.deed).toBe(expected)
        }
        attend(model)
        await requireSame(id, model)
        if (model.state === 'Enabled') {
          const text = `day ${model.day}, ${sealed.length}`
          sealed.push({ text, ...(await house.root.kms.encrypt({ KeyId: id, Plaintext: bytes(text) })) })
        }
      }
      if (model.state !== 'Enabled') return
      for (const { text, CiphertextBlob } of sealed) {
        expect(textOf((await house.root.kms.decrypt({ CiphertextBlob })).Plaintext)).toBe(text)
      }
    }),
    { numRuns: 30 },
  )
})

function refusedOnly(error: Error): false {
  expect(error.name).toMatch(/^(KMSInvalidStateException|DisabledException|NotFoundException)$/)
  return false
}

async function requireSame(KeyId: string, model: Model): Promise<void> {
  const { kms } = house.root
  const described = kms.describeKey({ KeyId })
  if (model.state === 'gone') return expect(described).rejects.toThrow('does not exist')
  expect((await described).KeyMetadata?.KeyState).toBe(model.state)
  const { Rotations = [] } = await kms.listKeyRotations({ KeyId })
  expect(Rotations.map(({ RotationType }) => RotationType)).toEqual(model.rotations)
  const { KeyRotationEnabled, RotationPeriodInDays } = await kms.getKeyRotationStatus({ KeyId })
  const isShown = model.period !== undefined && model.state !== 'PendingDeletion'
  expect([KeyRotationEnabled, RotationPeriodInDays]).toEqual([isShown, isShown ? model.period : undefined])
}
