import { derive } from './kdf.ts'
import type { Secret } from './secret.ts'

const label = 'claviger key material id v1'

/**
 * A name for one piece of key material: 64 hex digits. The same material of the same key always has the same
 * name (so importing it again is recognised), and the name tells nothing about the material but that.
 */
export function materialIdOf(material: Secret, keyId: string): string {
  return derive(material, label, Buffer.from(keyId)).toString('hex', 0, 32)
}
