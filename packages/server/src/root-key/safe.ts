import type { KeyObject } from 'node:crypto'
import type { Chance } from '../base/chance.ts'
import { invariant } from '../base/invariant.ts'
import { digestPublicKey, newDigestKey, signDigest } from '../crypto/digest-signing.ts'
import { open, type Sealing, seal } from '../crypto/envelope.ts'
import { materialIdOf } from '../crypto/material-id.ts'
import { type MaterialSpec, type NewMaterial, newMaterial, publicKeyIn } from '../crypto/new-material.ts'
import { newSeed, seedText, stepOfCode } from '../crypto/one-time-code.ts'
import type { PublicKey } from '../crypto/public-key.ts'
import { handOver, Secret, takeOver } from '../crypto/secret.ts'
import { revealText, secretOfText } from '../crypto/secret-text.ts'
import { newSigningKey, publicKeyPem, signText } from '../crypto/text-signing.ts'
import type { AccessKey } from '../identity/access-key.ts'
import type { MfaDevice } from '../identity/mfa-device.ts'
import type { ServiceCredential } from '../identity/service-principal.ts'
import type { Session } from '../identity/session.ts'
import type { CustomKeyStore } from '../keys/custom-key-store.ts'
import type { KeyMaterial } from '../keys/key-material.ts'
import {
  openAuthorizationMessage,
  type SealedDenial,
  sealAuthorizationMessage,
} from './authorization-message.ts'
import { type ForwardSession, openForwardSession, sealForwardSession } from './forward-session.ts'
import { type ImportTerms, type OpenedImport, openImportToken, sealImportToken } from './import-token.ts'
import { openSessionToken, sealSessionToken } from './session-token.ts'
import { unwrap, wrap } from './wrapping.ts'

/** Whose material it is. */
type MaterialPlace = Pick<KeyMaterial, 'account' | 'region' | 'keyId'>

/** Which piece of it. */
type RowPlace = MaterialPlace & Pick<KeyMaterial, 'materialId'>

/** Signs texts, and says with what they are verified: PEM. */
interface TextSigner {
  readonly publicKey: string
  sign(text: string): string
}

/** Signs digest files, and says with what they are verified and what that is called. */
interface DigestSigner extends TextSigner {
  readonly fingerprint: string
}

/** A key's material as it is used. */
interface OpenedMaterial {
  /** Absent while imported material is not here. */
  readonly secret: Secret | undefined
  readonly publicKey: PublicKey | undefined
}

/** What keeps secrets under the root key: everything the store holds that must not be read there. */
export class Safe {
  readonly #rootKey: Secret
  readonly #chance: Chance

  constructor(rootKey: Secret, chance: Chance) {
    this.#rootKey = rootKey
    this.#chance = chance
  }

  /** The safe of another thread, as it was handed over there. */
  static takeOver(rootKey: KeyObject, chance: Chance): Safe {
    return new Safe(takeOver(rootKey), chance)
  }

  /** What another thread makes the same safe of. */
  handOver(): KeyObject {
    return handOver(this.#rootKey)
  }

  /** Fresh material for a key of this spec, wrapped. */
  async newMaterial(place: MaterialPlace, keySpec: MaterialSpec, now: number): Promise<KeyMaterial> {
    const material = await newMaterial(keySpec, this.#chance)
    const row = this.sealMaterial(place, material, now)
    material.secret.destroy()
    return row
  }

  /** Fresh material that related keys share, wrapped for the place of each. */
  async newSharedMaterial(
    places: readonly MaterialPlace[],
    keySpec: MaterialSpec,
    now: number,
  ): Promise<readonly KeyMaterial[]> {
    const material = await newMaterial(keySpec, this.#chance)
    const rows = places.map((place) => this.sealMaterial(place, material, now))
    material.secret.destroy()
    return rows
  }

  /** Material of a key, wrapped for its place. */
  sealMaterial(place: MaterialPlace, { secret, publicKey }: NewMaterial, now: number): KeyMaterial {
    const row = { ...place, materialId: materialIdOf(secret, place.keyId) }
    const wrapping = { rootKey: this.#rootKey, purpose: 'keyMaterial', place: row } as const
    return {
      ...(publicKey === undefined ? { ...row, createdAt: now } : this.sealPublicKey(row, publicKey, now)),
      sealed: wrap(secret, wrapping, this.#chance),
    }
  }

  /** The half of a pair that everybody may know, without the secret: of material that is yet to be imported. */
  sealPublicKey(place: RowPlace, publicKey: PublicKey, now: number): KeyMaterial {
    const { account, region, keyId, materialId } = place
    const row = { account, region, keyId, materialId }
    const wrapping = { rootKey: this.#rootKey, purpose: 'publicKey', place: row } as const
    return {
      ...row,
      sealedPublicKey: wrap(new Secret(publicKey.spki), wrapping, this.#chance),
      createdAt: now,
    }
  }

  /** What a row of material holds; a row that was changed or moved in the database is a bug, and no answer. */
  openMaterial(row: KeyMaterial): OpenedMaterial {
    const wrapping = { rootKey: this.#rootKey, place: row }
    const opened = (wrapped: string | undefined, purpose: 'keyMaterial' | 'publicKey') => {
      if (wrapped === undefined) return undefined
      const secret = unwrap(wrapped, { ...wrapping, purpose })
      invariant(secret !== undefined, 'stored key material unwraps where it is')
      return secret
    }
    const publicKey = opened(row.sealedPublicKey, 'publicKey')
    return {
      secret: opened(row.sealed, 'keyMaterial'),
      publicKey: publicKey === undefined ? undefined : publicKeyIn(publicKey),
    }
  }

  /** A new key to sign the journal of an installation with, wrapped. */
  newJournalKey(installation: { readonly id: string }): string {
    const key = newSigningKey()
    const sealed = wrap(
      key,
      { rootKey: this.#rootKey, purpose: 'journalKey', place: installation },
      this.#chance,
    )
    key.destroy()
    return sealed
  }

  /** What signs the journal of an installation. */
  openJournalKey(sealed: string, installation: { readonly id: string }): TextSigner {
    const key = unwrap(sealed, { rootKey: this.#rootKey, purpose: 'journalKey', place: installation })
    invariant(key !== undefined, 'a stored journal key unwraps for its installation')
    return { publicKey: publicKeyPem(key), sign: (text) => signText(key, text) }
  }

  /** A new key to sign digest files with, wrapped. */
  newDigestKey(installation: { readonly id: string }): string {
    const key = newDigestKey()
    const sealed = wrap(
      key,
      { rootKey: this.#rootKey, purpose: 'digestKey', place: installation },
      this.#chance,
    )
    key.destroy()
    return sealed
  }

  /** What signs the digest files of an installation. */
  openDigestKey(sealed: string, installation: { readonly id: string }): DigestSigner {
    const key = unwrap(sealed, { rootKey: this.#rootKey, purpose: 'digestKey', place: installation })
    invariant(key !== undefined, 'a stored digest key unwraps for its installation')
    return { ...digestPublicKey(key), sign: (text) => signDigest(key, text) }
  }

  sealSecretAccessKey(place: Pick<AccessKey, 'account' | 'owner' | 'accessKeyId'>, text: string): string {
    const wrapping = { rootKey: this.#rootKey, purpose: 'secretAccessKey', place } as const
    return wrap(secretOfText(text), wrapping, this.#chance)
  }

  openSecretAccessKey(row: AccessKey): string {
    const secret = unwrap(row.sealedSecret, {
      rootKey: this.#rootKey,
      purpose: 'secretAccessKey',
      place: row,
    })
    invariant(secret !== undefined, 'a stored secret access key unwraps where it is')
    return revealText(secret)
  }

  sealServiceSecret(place: Pick<ServiceCredential, 'service' | 'accessKeyId'>, text: string): string {
    const wrapping = { rootKey: this.#rootKey, purpose: 'serviceSecret', place } as const
    return wrap(secretOfText(text), wrapping, this.#chance)
  }

  openServiceSecret(row: ServiceCredential): string {
    const secret = unwrap(row.sealedSecret, { rootKey: this.#rootKey, purpose: 'serviceSecret', place: row })
    invariant(secret !== undefined, 'the stored secret of a service unwraps where it is')
    return revealText(secret)
  }

  /** The session token of a forward access session: all of it, so that nothing need be kept. */
  forwardSessionToken(session: ForwardSession): string {
    return sealForwardSession(session, this.#rootKey, this.#chance)
  }

  /** The session a token is of; `undefined` for any text that is no token of a forward access session. */
  openForwardSession(token: string): ForwardSession | undefined {
    return openForwardSession(token, this.#rootKey)
  }

  /** What a service is told of a denial of its user's: for their account to ask about. `undefined` where it is too long. */
  authorizationMessage(denial: SealedDenial): string | undefined {
    return sealAuthorizationMessage(denial, this.#rootKey, this.#chance)
  }

  /** The denial a message is about; `undefined` for anything that `authorizationMessage` did not make. */
  openAuthorizationMessage(text: string): ReturnType<typeof openAuthorizationMessage> {
    return openAuthorizationMessage(text, this.#rootKey)
  }

  /** A custom key store's secret, wrapped for it. */
  sealKeyStoreSecret(place: Pick<CustomKeyStore, 'account' | 'region' | 'storeId'>, text: string): string {
    const wrapping = { rootKey: this.#rootKey, purpose: 'keyStoreSecret', place } as const
    return wrap(secretOfText(text), wrapping, this.#chance)
  }

  openKeyStoreSecret(row: CustomKeyStore): string {
    const secret = unwrap(row.sealedSecret, { rootKey: this.#rootKey, purpose: 'keyStoreSecret', place: row })
    invariant(secret !== undefined, 'the stored secret of a key store unwraps where it is')
    return revealText(secret)
  }

  /** What GetParametersForImport gives out, so that nothing need be kept: the key to unwrap with, for one place. */
  importToken(place: MaterialPlace, terms: ImportTerms, privateKey: Secret): Uint8Array {
    return sealImportToken({ rootKey: this.#rootKey, place, terms, privateKey }, this.#chance)
  }

  /** What a token was made with; `undefined` for anything that was not made by `importToken` for this key. */
  openImportToken(token: Uint8Array, place: MaterialPlace): OpenedImport | undefined {
    return openImportToken(token, { rootKey: this.#rootKey, place })
  }

  /** A fresh seed for an MFA device: wrapped, and as its app takes it. */
  newSeed(place: Pick<MfaDevice, 'account' | 'serialNumber'>): { sealedSeed: string; text: string } {
    const seed = newSeed(this.#chance)
    const sealedSeed = wrap(seed, { rootKey: this.#rootKey, purpose: 'mfaSeed', place }, this.#chance)
    const text = seedText(seed)
    seed.destroy()
    return { sealedSeed, text }
  }

  /** The step whose code of this device it is, if it is one around the step that is meant. */
  stepOfCode(
    device: MfaDevice,
    code: string,
    place: { readonly around: number; readonly window: number },
  ): number | undefined {
    const seed = unwrap(device.sealedSeed, { rootKey: this.#rootKey, purpose: 'mfaSeed', place: device })
    invariant(seed !== undefined, 'a stored seed unwraps for its device')
    const step = stepOfCode(seed, code, place)
    seed.destroy()
    return step
  }

  /** What temporary credentials come with, so that nothing about them need be kept. */
  sessionToken(session: Session): string {
    return sealSessionToken(session, this.#rootKey, this.#chance)
  }

  /** The session a token stands for; `undefined` for anything that `sessionToken` did not make for this access key. */
  openSessionToken(token: string, accessKeyId: string): Session | undefined {
    return openSessionToken(token, accessKeyId, this.#rootKey)
  }

  /** What CreateGrant gives back beside the grant's id: proof of the grant that needs no look-up. */
  grantToken(keyArn: string, grantId: string): string {
    const named = Buffer.from(JSON.stringify([keyArn, grantId]))
    return seal(named, this.#grantTokenSealing(), this.#chance).toString('base64')
  }

  /** The grant a token stands for; `undefined` for anything that was not made by `grantToken`. */
  openGrantToken(token: string): { readonly keyArn: string; readonly grantId: string } | undefined {
    const named = open(Buffer.from(token, 'base64'), this.#grantTokenSealing())
    if (named === undefined) return undefined
    const [keyArn, grantId] = JSON.parse(named.toString()) as [string, string]
    return { keyArn, grantId }
  }

  #grantTokenSealing(): Sealing {
    return { secret: this.#rootKey, label: 'claviger grant token v1', associatedData: nothing }
  }
}

const nothing = Buffer.alloc(0)
