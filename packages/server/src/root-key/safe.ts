import type { Chance } from '../base/chance.ts'
import { invariant } from '../base/invariant.ts'
import { open, type Sealing, seal } from '../crypto/envelope.ts'
import { materialIdOf } from '../crypto/material-id.ts'
import { Secret } from '../crypto/secret.ts'
import { revealText, secretOfText } from '../crypto/secret-text.ts'
import type { AccessKey } from '../identity/access-key.ts'
import type { KeyMaterial } from '../keys/key-material.ts'
import { unwrap, wrap } from './wrapping.ts'

const materialBytes = 32

/** What keeps secrets under the root key: everything the store holds that must not be read there. */
export class Safe {
  readonly #rootKey: Secret
  readonly #chance: Chance

  constructor(rootKey: Secret, chance: Chance) {
    this.#rootKey = rootKey
    this.#chance = chance
  }

  /** Fresh material for a symmetric key, wrapped. */
  newMaterial(place: Pick<KeyMaterial, 'account' | 'region' | 'keyId'>, now: number): KeyMaterial {
    const bytes = this.#chance.bytes(materialBytes)
    const material = new Secret(bytes)
    bytes.fill(0)
    const row = { ...place, materialId: materialIdOf(material, place.keyId) }
    const sealed = wrap(
      material,
      { rootKey: this.#rootKey, purpose: 'keyMaterial', place: row },
      this.#chance,
    )
    material.destroy()
    return { ...row, sealed, createdAt: now }
  }

  openMaterial(row: KeyMaterial): Secret {
    const material = unwrap(row.sealed, { rootKey: this.#rootKey, purpose: 'keyMaterial', place: row })
    // A row that was changed or moved in the database. Better no answer than one under somebody else's material.
    invariant(material !== undefined, 'stored key material unwraps where it is')
    return material
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
