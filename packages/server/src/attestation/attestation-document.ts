import { requireDocument } from './require-document.ts'
import { decodeCbor } from './strict-cbor.ts'

/** Who measured: the hypervisor of a Nitro enclave, or the NitroTPM of an instance. */
export type AttestationSource = 'enclave' | 'nitro-tpm'

/** What an attestation document says, once it is of the right form; not yet whether it may be believed. */
export interface AttestationDocument {
  readonly source: AttestationSource
  readonly moduleId: string
  /** Milliseconds since the epoch, by the hypervisor's clock. */
  readonly timestamp: number
  /** Platform configuration registers by their number. */
  readonly pcrs: ReadonlyMap<number, Uint8Array>
  /** Of the key that signed the document, DER. */
  readonly certificate: Uint8Array
  /** Its issuers from the root down, DER. */
  readonly caBundle: readonly Uint8Array[]
  /** The key to encrypt answers for, DER. */
  readonly publicKey?: Uint8Array
}

type Rule = (value: unknown) => boolean

const bytesOf =
  (fewest: number, most: number): Rule =>
  (value) =>
    value instanceof Uint8Array && value.length >= fewest && value.length <= most

const isCertificate = bytesOf(1, 1024)
const registersMost = 32
const registerBytes: readonly number[] = [32, 48, 64]

/**
 * Every member a document may have, and what it must be: AWS, "Nitro Enclaves Attestation Process" §2.2 and §3.2.2,
 * and "Validate a NitroTPM Attestation Document" in the EC2 User Guide. Where the two parts of the first differ (the
 * length of `user_data` and `nonce`) the longer is taken, since nothing here depends on them.
 */
const rows: readonly [name: string, rule: Rule, text: string, isOptional?: 'optional'][] = [
  ['module_id', (id) => typeof id === 'string' && id !== '', 'a text that is not empty'],
  ['digest', (digest) => digest === 'SHA384', '`SHA384`'],
  ['timestamp', (time) => Number.isSafeInteger(time) && Number(time) > 0, 'an integer greater than 0'],
  ['pcrs', areRegisters, '1 to 32 registers of 32, 48 or 64 bytes', 'optional'],
  ['nitrotpm_pcrs', areRegisters, '1 to 32 registers of 32, 48 or 64 bytes', 'optional'],
  ['certificate', isCertificate, '1 to 1024 bytes'],
  ['cabundle', isBundle, 'a list of certificates of 1 to 1024 bytes'],
  ['public_key', bytesOf(1, 1024), '1 to 1024 bytes', 'optional'],
  ['user_data', bytesOf(0, 1024), '0 to 1024 bytes', 'optional'],
  ['nonce', bytesOf(0, 1024), '0 to 1024 bytes', 'optional'],
]

function areRegisters(value: unknown): boolean {
  if (!(value instanceof Map) || value.size < 1 || value.size > registersMost) return false
  const isRegister = ([index, register]: readonly [unknown, unknown]) =>
    Number.isInteger(index) &&
    Number(index) >= 0 &&
    Number(index) < registersMost &&
    register instanceof Uint8Array &&
    registerBytes.includes(register.length)
  return [...value].every(isRegister)
}

function isBundle(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isCertificate)
}

const names: ReadonlySet<unknown> = new Set(rows.map(([name]) => name))

/** Reads a document out of the message that carries it. @throws Refusal for whatever AWS does not describe */
export function readAttestationDocument(payload: Uint8Array): AttestationDocument {
  const written = decodeCbor(payload, 'its payload is not CBOR')
  requireDocument(written instanceof Map, 'its payload is not a map')
  requireDocument(
    [...written.keys()].every((name) => names.has(name)),
    'it has a member that is not known',
  )
  // Real enclaves write null for what they leave out, though AWS's page says that they do not.
  const members = new Map([...written].filter(([, value]) => value !== null))
  for (const [name, rule, text, isOptional] of rows) {
    if (isOptional && !members.has(name)) continue
    requireDocument(rule(members.get(name)), `\`${name}\` is not ${text}`)
  }
  return documentOf(members)
}

/** Every member has kept its row's rule by now. */
function documentOf(members: ReadonlyMap<string, unknown>): AttestationDocument {
  const pcrs = members.get('pcrs')
  const nitroTpmPcrs = members.get('nitrotpm_pcrs')
  requireDocument(pcrs ?? nitroTpmPcrs, 'it has no registers')
  requireDocument(!(pcrs && nitroTpmPcrs), 'it has the registers of an enclave and of a NitroTPM')
  const publicKey = members.get('public_key') as Uint8Array | undefined
  return {
    source: pcrs ? 'enclave' : 'nitro-tpm',
    moduleId: members.get('module_id') as string,
    timestamp: members.get('timestamp') as number,
    pcrs: (pcrs ?? nitroTpmPcrs) as ReadonlyMap<number, Uint8Array>,
    certificate: members.get('certificate') as Uint8Array,
    caBundle: members.get('cabundle') as readonly Uint8Array[],
    ...(publicKey && { publicKey }),
  }
}
