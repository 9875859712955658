import * as ecdsa from './ecdsa-digest.ts'
import * as ed25519 from './ed25519-prehashed.ts'
import * as mlDsa from './ml-dsa-mu.ts'
import * as rsa from './rsa-digest.ts'
import * as sm2 from './sm2.ts'

/**
 * What worker threads do: everything that would hold up the event loop and that Node cannot do off it by itself.
 * Each export is a task, found by its name.
 *
 * A task answers `undefined` for whatever goes wrong. No error leaves a worker: its words may hold what it worked on.
 */
function quiet<Input, Output>(task: (input: Input) => Output): (input: Input) => Output | undefined {
  return (input) => {
    try {
      return task(input)
    } catch {
      return undefined
    }
  }
}

export const signEcdsaDigest = quiet(ecdsa.signEcdsaDigest)
export const verifyEcdsaDigest = quiet(ecdsa.verifyEcdsaDigest)
export const signEd25519Prehashed = quiet(ed25519.signEd25519Prehashed)
export const verifyEd25519Prehashed = quiet(ed25519.verifyEd25519Prehashed)
export const signMlDsaMu = quiet(mlDsa.signMlDsaMu)
export const verifyMlDsaMu = quiet(mlDsa.verifyMlDsaMu)
export const signPkcs1Digest = quiet(rsa.signPkcs1Digest)
export const verifyPkcs1Digest = quiet(rsa.verifyPkcs1Digest)
export const signPssDigest = quiet(rsa.signPssDigest)
export const verifyPssDigest = quiet(rsa.verifyPssDigest)
export const signSm2 = quiet(sm2.signSm2)
export const verifySm2 = quiet(sm2.verifySm2)
export const encryptSm2 = quiet(sm2.encryptSm2)
export const decryptSm2 = quiet(sm2.decryptSm2)
export const agreeSm2 = quiet(sm2.agreeSm2)
