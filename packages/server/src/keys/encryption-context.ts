import { Refusal } from '../protocol/errors.ts'

type EncryptionContext = Readonly<Record<string, string>>

/** Names and values together. Longer than any use of it, short enough for policies to be matched at once. */
const charactersMost = 8192

/** @throws Refusal `ValidationException` for an encryption context that is too long to be one */
export function requireEncryptionContext(context: EncryptionContext | undefined): void {
  let characters = 0
  for (const name in context) characters += name.length + (context[name]?.length ?? 0)
  if (characters <= charactersMost) return
  throw new Refusal(
    'ValidationException',
    `The encryption context is longer than ${charactersMost} characters`,
  )
}
