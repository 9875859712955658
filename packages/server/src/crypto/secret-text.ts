import { reveal, Secret } from './secret.ts'

/** A secret that is text to others: a secret access key, which SigV4 takes as the letters it is. */
export function secretOfText(text: string): Secret {
  return new Secret(Buffer.from(text))
}

export function revealText(secret: Secret): string {
  return Buffer.from(reveal(secret)).toString()
}
