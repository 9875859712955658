import type { Chance } from '../base/chance.ts'
import { invariant } from '../base/invariant.ts'
import { open, type Sealing, seal } from '../crypto/envelope.ts'
import { materialIdOf } from '../crypto/material-id.ts'
import { type MaterialSpec, type NewMaterial, newMaterial, publicKeyIn } from '../crypto/new-material.ts'
import type { PublicKey } from '../crypto/public-key.ts'
import { Secret } from '../crypto/secret.ts'
import { revealText, secretOfText } from '../crypto/secret-text.ts'
import { newSigningKey, publicKeyPem, signText } from '../crypto/text-signing.ts'
import type { AccessKey } from '../identity/access-key.ts'
import type { KeyMaterial } from '../keys/key-material.ts'
import { unwrap, wrap } from './wrapping.ts'

/** Whose material it is. */
type MaterialPlace = Pick<KeyMaterial, 'account' | 'region' | 'keyId'>

/** Signs texts, and says with what they are verified: PEM. */
interface TextSigner {
  readonly publicKey: string
  sign(text: string): string
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

  /** Fresh material for a key of this spec, wrapped. */
  async newMaterial(place: MaterialPlace, keySpec: MaterialSpec, now: number): Promise<KeyMaterial> {
    const material = await newMaterial(keySpec, this.#chance)
    const row = this.sealMaterial(place, material, now)
    material.secret.destroy()
    return row
  }

  /** Material of a key, wrapped for its place. */
  sealMaterial(place: MaterialPlace, { secret, publicKey }: NewMaterial, now: number): KeyMaterial {
    const row = { ...place, materialId: materialIdOf(secret, place.keyId) }
    const wrapping = { rootKey: this.#rootKey, place: row }
    return {
      ...row,
      sealed: wrap(secret, { ...wrapping, purpose: 'keyMaterial' }, this.#chance),
      ...(publicKey === undefined
        ? {}
        : {
            sealedPublicKey: wrap(
              new Secret(publicKey.spki),
              { ...wrapping, purpose: 'publicKey' },
              this.#chance,
            ),
          }),
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
