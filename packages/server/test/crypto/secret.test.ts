import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { reveal, Secret } from '../../src/crypto/secret.ts'

const bytes = Buffer.from('correct horse battery staple')

describe('a secret', () => {
  test('says [secret] however it is printed, serialised or inspected', () => {
    const secret = new Secret(bytes)
    const ways = [
      String(secret),
      `${secret}`,
      JSON.stringify({ secret }),
      inspect(secret),
      inspect({ deep: [secret] }, { showHidden: true, depth: 9 }),
      JSON.stringify(Object.entries(secret)),
      JSON.stringify(structuredClone({ secret: { ...secret } })),
    ]
    for (const way of ways) expect(way).not.toMatch(/horse|99,111|63 6f|636f/)
    expect(ways.slice(0, 4)).toEqual(['[secret]', '[secret]', '{"secret":"[secret]"}', '[secret]'])
  })

  test('is a copy: wiping what it was made from leaves it whole', () => {
    const given = Uint8Array.from(bytes)
    const secret = new Secret(given)
    given.fill(0)
    expect(Buffer.from(reveal(secret))).toEqual(bytes)
  })

  test('equals another by content', () => {
    expect(new Secret(bytes).equals(new Secret(bytes))).toBe(true)
    expect(new Secret(bytes).equals(new Secret(bytes.subarray(1)))).toBe(false)
    expect(new Secret(bytes).equals(new Secret(Buffer.from(bytes).reverse()))).toBe(false)
  })

  test('that was destroyed is wiped, and using it is a bug', () => {
    const secret = new Secret(bytes)
    const inside = reveal(secret)
    secret.destroy()
    secret.destroy()
    expect(inside.every((byte) => byte === 0)).toBe(true)
    expect(() => reveal(secret)).toThrow('a destroyed secret is not used')
    expect(() => secret.equals(new Secret(bytes))).toThrow()
  })
})
