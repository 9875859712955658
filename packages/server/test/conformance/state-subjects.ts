import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto'
import { bring } from '../importing.ts'
import { type KMS, newKey, type Serving } from '../serving.ts'
import { connectedStore, type serveWithProxy } from '../xks/key-stores.ts'
import {
  abroad,
  home,
  material,
  type StateCall,
  type Subject,
  settlingMs,
  type Unmade,
} from './state-calls.ts'
import type { Origin } from './state-cells.ts'

export type State =
  | 'Enabled'
  | 'Disabled'
  | 'PendingDeletion'
  | 'PendingReplicaDeletion'
  | 'PendingImport'
  | 'Unavailable'
  | 'Creating'
  | 'Updating'

type World = Awaited<ReturnType<typeof serveWithProxy>>
type Wanted = StateCall & { readonly origin: Origin }

/** How a key that can be used comes into a state. */
const entering: Readonly<Record<State, (subject: Entering) => Promise<unknown>>> = {
  Enabled: async () => undefined,
  Disabled: ({ kms, KeyId }) => kms.disableKey({ KeyId }),
  PendingDeletion: ({ kms, KeyId }) => kms.scheduleKeyDeletion({ KeyId }),
  PendingReplicaDeletion: ({ kms, KeyId }) => kms.scheduleKeyDeletion({ KeyId }),
  PendingImport: ({ kms, KeyId }) => kms.deleteImportedKeyMaterial({ KeyId }),
  Unavailable: ({ kms, CustomKeyStoreId }) => kms.disconnectCustomKeyStore({ CustomKeyStoreId }),
  Creating: async () => undefined,
  Updating: ({ serving, KeyId }) => serving.root.kms.updatePrimaryRegion({ KeyId, PrimaryRegion: abroad }),
}

interface Entering extends Unmade {
  readonly CustomKeyStoreId?: string | undefined
}

/** States that only related keys come to, and whether it is the replica that is meant. */
const related: Readonly<Partial<Record<State, 'primary' | 'replica'>>> = {
  PendingReplicaDeletion: 'primary',
  Creating: 'replica',
  Updating: 'replica',
}

/** A new key in a state, with what the call wants made of it before. */
export async function subjectIn(state: State, wanted: Wanted, { serving, proxy }: World): Promise<Subject> {
  const { kms } = serving.root
  const isInStore = wanted.origin === 'EXTERNAL_KEY_STORE'
  const CustomKeyStoreId = isInStore ? await storeFor(state, kms, proxy) : undefined
  const XksKeyId = randomUUID()
  if (isInStore) proxy.newKey(XksKeyId)
  const kind: Parameters<typeof newKey>[1] = isInStore ? { CustomKeyStoreId, XksKeyId } : wanted.kind
  const { id, arn } = await newKey(serving.root, {
    ...kind,
    Origin: wanted.origin,
    ...(related[state] === undefined ? {} : { MultiRegion: true }),
  })
  const made: Unmade = { serving, kms, region: home, KeyId: id, arn }
  if (wanted.origin === 'EXTERNAL') await bring(kms, id, materialFor(wanted))
  const before = await wanted.before?.(made)
  const subject = related[state] === undefined ? made : await replicated(made, state, wanted)
  const own = await wanted.own?.(subject)
  await entering[state]({ ...subject, CustomKeyStoreId })
  return { ...subject, made: { ...before, ...own } }
}

const stores = new Map<boolean, string>()

/** A connected key store: one for keys that are to lose it, and one for all others; there may be but few. */
async function storeFor(state: State, kms: KMS, proxy: World['proxy']): Promise<string> {
  const isToBeLost = state === 'Unavailable'
  const known = stores.get(isToBeLost)
  if (known === undefined) {
    const made = await connectedStore(kms, proxy)
    stores.set(isToBeLost, made)
    return made
  }
  if (isToBeLost) await kms.connectCustomKeyStore({ CustomKeyStoreId: known })
  return known
}

/** The one of two related keys that comes into the state, as soon as it can, or, to be found being made, at once. */
async function replicated(primary: Unmade, state: State, wanted: Wanted): Promise<Unmade> {
  const { serving, kms, KeyId, arn } = primary
  await kms.replicateKey({ KeyId, ReplicaRegion: abroad })
  const replica = {
    ...primary,
    kms: clientIn(serving),
    region: abroad,
    arn: arn.replace(home, abroad),
  }
  if (state === 'Creating') return replica
  serving.clock.advance(settlingMs)
  if (wanted.origin === 'EXTERNAL') await bring(replica.kms, KeyId, materialFor(wanted))
  return related[state] === 'primary' ? primary : replica
}

let client: ReturnType<Serving['root']['kmsIn']> | undefined

function clientIn({ root }: Serving) {
  client ??= root.kmsIn(abroad)
  return client
}

const pair = generateKeyPairSync('ec', {
  namedCurve: 'prime256v1',
  privateKeyEncoding: { format: 'der', type: 'pkcs8' },
  publicKeyEncoding: { format: 'der', type: 'spki' },
}).privateKey
const secret = randomBytes(32)

function materialFor({ kind }: Wanted): Uint8Array {
  if (kind?.KeySpec === undefined) return material
  return kind.KeySpec === 'HMAC_256' ? secret : pair
}
