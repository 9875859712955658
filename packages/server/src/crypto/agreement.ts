import { diffieHellman, type KeyObject } from 'node:crypto'
import { offLoop } from './off-loop.ts'
import { type PublicKey, publicKeyObject } from './public-key.ts'
import { revealAsPrivateKey, type Secret } from './secret.ts'
import { inThreadPool } from './thread-pool.ts'
import { sm2Point } from './worker/sm2-key.ts'

/**
 * ECDH (SP 800-56A §5.7.1.2): the x coordinate that both sides come to, as long as the curve's field, with nothing
 * derived from it. The peer's key is to be read by `readPublicKey` for the spec of our own, which leaves no point
 * that could ask for more than this; on another curve the answer is `undefined`.
 */
export async function agree(privateKey: Secret, peer: PublicKey): Promise<Uint8Array | undefined> {
  const keys = { privateKey: revealAsPrivateKey(privateKey), publicKey: publicKeyObject(peer) }
  if (keys.privateKey.asymmetricKeyType !== keys.publicKey.asymmetricKeyType) return undefined
  if (sm2Point(keys.publicKey) !== undefined) return offLoop('agreeSm2', keys)
  return inThreadPool(
    () =>
      new Promise((resolve) => {
        diffieHellmanOffLoop(keys, (error, secret) => resolve(error ? undefined : secret))
      }),
  )
}

type Agreed = (error: Error | null, secret: Buffer) => void

const diffieHellmanOffLoop = diffieHellman as (
  keys: { readonly privateKey: KeyObject; readonly publicKey: KeyObject },
  done: Agreed,
) => void
