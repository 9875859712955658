import type { VerifiedAttestation } from '../../attestation/verify-attestation.ts'
import type { Chance } from '../../base/chance.ts'
import type { Soon } from '../../base/soon.ts'
import type { Call } from '../../call/call.ts'
import type { RequestFacts } from '../../call/facts.ts'
import { notNull } from '../../protocol/constraints.ts'
import { Refusal } from '../../protocol/errors.ts'
import type { RecipientInfo } from '../../protocol/models/kms.ts'
import { validationText, violationSentence } from '../../protocol/shape.ts'
import type { Noted, Operation, Subject } from '../operation.ts'
import type { Parts } from '../parts.ts'

interface Asked {
  readonly Recipient?: RecipientInfo
}

/** Whom the answer is sealed for, where the caller named a recipient. */
export interface Attested {
  readonly recipient?: VerifiedAttestation
}

type Bytes = Uint8Array | undefined
type Answer<M extends string> = { readonly [N in M]?: Bytes } & { readonly CiphertextForRecipient?: Bytes }

/** Members that answer with a secret, and what an answer leaves out with them (the API's model, member by member). */
const leftOut = {
  Plaintext: ['Plaintext', 'KeyMaterialId'],
  PrivateKeyPlaintext: ['PrivateKeyPlaintext'],
  SharedSecret: ['SharedSecret'],
} as const

/**
 * An operation that can answer a caller with what only an enclave or a NitroTPM can read. What that attests is
 * verified before anything else is looked at: policies ask about it, and a document that is not valid must not be told
 * apart by whether a key exists. The operation itself knows nothing of recipients.
 */
export function withRecipient<
  M extends keyof typeof leftOut,
  Input extends Asked,
  Output extends Answer<M>,
  Found extends Subject,
>(secret: M, operation: Operation<Input, Output, Found>): Operation<Input, Output, Found & Attested> {
  return {
    ...operation,
    check(input) {
      operation.check(input)
      if (input.Recipient !== undefined) requireWhole(input.Recipient)
    },
    find(input, call, parts) {
      if (input.Recipient === undefined) return operation.find(input, call, parts)
      return findAttested(input, operation, { call, parts })
    },
    needs(input, found, call) {
      const needs = operation.needs(input, found, call)
      if (found.recipient === undefined) return needs
      const recipientAttestation = factsOf(found.recipient)
      return needs.map((need) => ({ ...need, facts: { ...need.facts, recipientAttestation } }))
    },
    handle(handling) {
      const { recipient } = handling.subject
      const output = operation.handle(handling)
      if (recipient === undefined) return output
      return sealedAnswer(secret, output, { recipient, chance: handling.parts.chance })
    },
  }
}

async function findAttested<Input extends Asked, Found extends Subject>(
  input: Input,
  operation: Operation<Input, unknown, Found>,
  { call, parts }: { readonly call: Call; readonly parts: Parts },
): Promise<Found & Attested> {
  const recipient = await findRecipient(input, call, parts)
  const found = await operation.find(input, call, parts)
  if (recipient === undefined) return found
  return { ...found, recipient, noted: { ...found.noted, ...notedOf(recipient) } }
}

/** The answer with its secret sealed for whoever is to read it, in the place of what shows it. */
async function sealedAnswer<M extends keyof typeof leftOut, Output extends Answer<M>>(
  secret: M,
  answer: Soon<Output>,
  { recipient, chance }: { readonly recipient: VerifiedAttestation; readonly chance: Chance },
): Promise<Output> {
  const output = await answer
  const plaintext: Bytes = output[secret]
  if (plaintext === undefined) return output
  const { sealForRecipient } = await import('../../attestation/seal-for-recipient.ts')
  const CiphertextForRecipient = sealForRecipient(plaintext, recipient.publicKey, chance)
  plaintext.fill(0)
  const absent = Object.fromEntries(leftOut[secret].map((member) => [member, undefined]))
  return { ...output, ...absent, CiphertextForRecipient }
}

/** Loaded when first asked for: most callers never name a recipient, and what reads documents takes a moment to load. */
async function findRecipient(
  { Recipient }: Asked,
  { now }: Call,
  { attestationRoots: roots }: Parts,
): Promise<VerifiedAttestation | undefined> {
  if (Recipient?.AttestationDocument === undefined) return undefined
  const { verifyAttestation } = await import('../../attestation/verify-attestation.ts')
  return verifyAttestation(Recipient.AttestationDocument, { roots, now })
}

/** The model lets both members be left out, which would leave nothing to seal for, or no way to do it. */
function requireWhole(recipient: RecipientInfo): void {
  const paths = {
    KeyEncryptionAlgorithm: 'keyEncryptionAlgorithm',
    AttestationDocument: 'attestationDocument',
  }
  const members = Object.keys(paths) as (keyof typeof paths)[]
  const missing = members.filter((member) => recipient[member] === undefined)
  if (missing.length === 0) return
  const sentences = missing.map((shape) =>
    violationSentence({ text: notNull, path: `recipient.${paths[shape]}`, shape, shown: 'null' }),
  )
  throw new Refusal('ValidationException', validationText(sentences))
}

function factsOf({ source, pcrs }: VerifiedAttestation): Required<RequestFacts>['recipientAttestation'] {
  const registers = new Map(
    [...pcrs].map(([index, value]) => [String(index), Buffer.from(value).toString('hex')]),
  )
  return { source, registers }
}

/** The registers that AWS records, and what it calls them; an enclave's register 0 is the digest of its image. */
const recordedRegisters = {
  enclave: [
    [0, 'EnclaveImageDigest'],
    ...[1, 2, 3, 4, 8].map((index) => [index, `EnclavePCR${index}`] as const),
  ],
  'nitro-tpm': [4, 7, 8, 9, 16, 23].map((index) => [index, `NitroTPMPCR${index}`] as const),
} as const

/** What CloudTrail shows of a recipient; registers in base64, as in the records of real calls. */
function notedOf({ source, moduleId, pcrs }: VerifiedAttestation): Noted {
  const registers = recordedRegisters[source].flatMap(([index, name]) => {
    const value = pcrs.get(index)
    return value === undefined ? [] : [[`attestationDocument${name}`, Buffer.from(value).toString('base64')]]
  })
  return { recipient: { attestationDocumentModuleId: moduleId, ...Object.fromEntries(registers) } }
}
