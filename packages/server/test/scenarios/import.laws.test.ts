import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { emptyKey, usual, wrap } from '../importing.ts'
import { bytes, daysMs, type Serving, serve, textOf } from '../serving.ts'

let house: Serving
beforeAll(async () => {
  house = await serve()
})
afterAll(() => house.close())

/** What somebody could bring, by name. */
const brought = ['a', 'b', 'c'] as const
type Name = (typeof brought)[number]

/** One piece of material as anybody can keep it in mind; a pending one is not the key's yet. */
interface Piece {
  readonly name: Name
  role: 'NON_CURRENT' | 'CURRENT' | 'PENDING_ROTATION'
  here: boolean
  until: number
}

interface Model {
  state: 'PendingImport' | 'Enabled' | 'Disabled' | 'PendingDeletion'
  day: number
  pieces: Piece[]
}

const forever = Number.POSITIVE_INFINITY

function lose(model: Model, name: Name): void {
  const piece = model.pieces.find((each) => each.name === name)
  if (piece?.role === 'PENDING_ROTATION') model.pieces = model.pieces.filter((each) => each !== piece)
  else if (piece?.here) {
    Object.assign(piece, { here: false, until: forever })
    if (model.state !== 'PendingDeletion') model.state = 'PendingImport'
  }
}

/** Whether anything that is the key's own is here, and all of it. */
function isWhole({ pieces }: Model): boolean {
  const own = pieces.filter(({ role }) => role !== 'PENDING_ROTATION')
  return own.length > 0 && own.every(({ here }) => here)
}

type Step =
  | { readonly bring: Name; readonly as: 'NEW_KEY_MATERIAL' | 'EXISTING_KEY_MATERIAL'; readonly days: number }
  | { readonly lose: Name }
  | { readonly days: number }
  | { readonly deed: Deed }

/** Whether a step is done, and what it does. */
function expected(model: Model, each: Step): boolean {
  if ('bring' in each) return isBrought(model, each)
  if ('lose' in each) {
    const known = model.pieces.some(({ name }) => name === each.lose)
    lose(model, each.lose)
    return known
  }
  if ('deed' in each) return deeds[each.deed](model)
  model.day += each.days
  return true
}

function isBrought(model: Model, each: Extract<Step, { bring: Name }>): boolean {
  if (model.state === 'PendingDeletion') return false
  const piece = model.pieces.find(({ name }) => name === each.bring)
  const isPending = model.pieces.some(({ role }) => role === 'PENDING_ROTATION')
  const until = each.days === 0 ? forever : model.day + each.days
  if (each.as === 'EXISTING_KEY_MATERIAL') return !!piece && !!Object.assign(piece, { here: true, until })
  if (piece !== undefined || isPending) return false
  const role = model.pieces.length === 0 ? 'CURRENT' : 'PENDING_ROTATION'
  return model.pieces.push({ name: each.bring, role, here: true, until }) > 0
}

type Deed = 'rotate' | 'enable' | 'disable' | 'delete' | 'cancel'

const deeds: Readonly<Record<Deed, (model: Model) => boolean>> = {
  rotate(model) {
    const next = model.pieces.find(({ role }) => role === 'PENDING_ROTATION')
    if (model.state !== 'Enabled' || next === undefined) return false
    for (const piece of model.pieces) if (piece.role === 'CURRENT') piece.role = 'NON_CURRENT'
    next.role = 'CURRENT'
    return true
  },
  enable: (model) =>
    isUsable(model) && !!Object.assign(model, { state: isWhole(model) ? 'Enabled' : 'PendingImport' }),
  disable: (model) => isUsable(model) && !!Object.assign(model, { state: 'Disabled' }),
  delete: (model) =>
    model.state !== 'PendingDeletion' && !!Object.assign(model, { state: 'PendingDeletion' }),
  cancel: (model) => model.state === 'PendingDeletion' && !!Object.assign(model, { state: 'Disabled' }),
}

const isUsable = ({ state }: Model) => state === 'Enabled' || state === 'Disabled'

const name = fc.constantFrom(...brought)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      bring: name,
      as: fc.constantFrom('NEW_KEY_MATERIAL', 'EXISTING_KEY_MATERIAL'),
      days: fc.constantFrom(0, 0, 2),
    }),
  },
  { weight: 2, arbitrary: fc.record({ lose: name }) },
  { weight: 1, arbitrary: fc.record({ days: fc.constantFrom(1, 2) }) },
  { weight: 4, arbitrary: fc.record({ deed: fc.constantFrom(...(Object.keys(deeds) as Deed[])) }) },
)

test('whatever is brought, taken away or expires, in whatever order: a key is usable when all that is its own is here, and then opens all it ever sealed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
      const key = await keyWithTools()
      const model: Model = { state: 'PendingImport', day: 0, pieces: [] }
      const sealed: { text: string; CiphertextBlob?: Uint8Array | undefined }[] = []
      for (const each of steps) {
        const happens = expected(model, each)
        const happened = await key.does(each).then(
          () => true,
          (error: Error) => refusedOnly(error),
        )
        expect(happened, Object.keys(each).join()).toBe(happens)
        if ('bring' in each && model.state === 'PendingImport' && isWhole(model)) model.state = 'Enabled'
        for (const { name: own, until } of [...model.pieces]) if (until <= model.day) lose(model, own)
        await key.requireSame(model)
        if (model.state === 'Enabled') sealed.push(await key.seals(`${sealed.length}`))
      }
      if (model.state === 'Enabled') for (const each of sealed) await key.requireOpen(each)
    }),
    { numRuns: 30 },
  )
})

const refusals =
  /^(KMSInvalidStateException|DisabledException|IncorrectKeyMaterialException|NotFoundException)$/

function refusedOnly(error: Error): false {
  expect(error.name).toMatch(refusals)
  return false
}

function newParameters(KeyId: string) {
  const wrapping = { WrappingAlgorithm: usual.algorithm, WrappingKeySpec: usual.spec }
  return house.root.kms.getParametersForImport({ KeyId, ...wrapping })
}

/** A new key, and what anybody needs to bring it the material by name: parameters that are good for a day. */
async function keyWithTools() {
  const { kms } = house.root
  const { id } = await emptyKey(house.root)
  const idByName = new Map<Name, string>()
  const bytesByName = new Map(brought.map((each) => [each, randomBytes(32)] as const))
  let parameters = await newParameters(id)
  async function bring(each: Extract<Step, { bring: Name }>) {
    if (Number(parameters.ParametersValidTo) <= house.clock.now()) parameters = await newParameters(id)
    const { PublicKey = new Uint8Array(), ImportToken } = parameters
    const material = bytesByName.get(each.bring) ?? randomBytes(32)
    const sent = { ImportToken, EncryptedKeyMaterial: wrap(PublicKey, material, usual.algorithm) }
    const expiry =
      each.days === 0
        ? { ExpirationModel: 'KEY_MATERIAL_DOES_NOT_EXPIRE' as const }
        : { ValidTo: new Date(house.clock.now() + daysMs(each.days)) }
    const answer = await kms.importKeyMaterial({ KeyId: id, ...sent, ...expiry, ImportType: each.as })
    idByName.set(each.bring, String(answer.KeyMaterialId))
  }
  const calls: Readonly<Record<Deed, () => Promise<unknown>>> = {
    rotate: () => kms.rotateKeyOnDemand({ KeyId: id }),
    enable: () => kms.enableKey({ KeyId: id }),
    disable: () => kms.disableKey({ KeyId: id }),
    delete: () => kms.scheduleKeyDeletion({ KeyId: id }),
    cancel: () => kms.cancelKeyDeletion({ KeyId: id }),
  }
  return {
    id,
    async does(each: Step): Promise<unknown> {
      if ('bring' in each) return bring(each)
      if ('deed' in each) return calls[each.deed]()
      if ('days' in each) return house.clock.advance(daysMs(each.days))
      const KeyMaterialId = idByName.get(each.lose) ?? '0'.repeat(64)
      return kms.deleteImportedKeyMaterial({ KeyId: id, KeyMaterialId })
    },
    async seals(text: string) {
      return { text, ...(await kms.encrypt({ KeyId: id, Plaintext: bytes(text) })) }
    },
    async requireOpen({ text, CiphertextBlob }: { text: string; CiphertextBlob?: Uint8Array | undefined }) {
      expect(textOf((await kms.decrypt({ CiphertextBlob })).Plaintext)).toBe(text)
    },
    async requireSame(model: Model) {
      expect((await kms.describeKey({ KeyId: id })).KeyMetadata?.KeyState).toBe(model.state)
      const all = { KeyId: id, IncludeKeyMaterial: 'ALL_KEY_MATERIAL' } as const
      const { Rotations = [] } = await kms.listKeyRotations(all)
      expect(Rotations.map((each) => [each.KeyMaterialId, each.KeyMaterialState, each.ImportState])).toEqual(
        model.pieces.map(({ name: own, role, here }) => [
          idByName.get(own),
          role,
          here ? 'IMPORTED' : 'PENDING_IMPORT',
        ]),
      )
    },
  }
}
