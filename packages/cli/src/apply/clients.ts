import type { IAM } from '@aws-sdk/client-iam'
import type { KMS } from '@aws-sdk/client-kms'
import type { Organizations } from '@aws-sdk/client-organizations'
import type { STS } from '@aws-sdk/client-sts'
import { CannotApply } from './cannot-apply.ts'

/** What signs calls. */
export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** Where a service answers and as whom; without credentials AWS's own chain looks for some. */
export interface Connection {
  readonly endpoint: string
  readonly region: string
  readonly credentials?: Credentials
}

/** The clients of one caller. */
export interface Clients {
  readonly iam: IAM
  readonly sts: STS
  readonly organizations: Organizations
  kmsIn(region: string): KMS
  destroy(): void
}

/** Loads the SDK, which takes a third of a second: nobody does before there is something to ask. */
export async function connect(connection: Connection): Promise<Clients> {
  const [{ IAM }, { KMS }, { STS }, { Organizations }] = await Promise.all([
    import('@aws-sdk/client-iam'),
    import('@aws-sdk/client-kms'),
    import('@aws-sdk/client-sts'),
    import('@aws-sdk/client-organizations'),
  ])
  const made: { destroy(): void }[] = []
  const keep = <C extends { destroy(): void }>(client: C): C => {
    made.push(client)
    return client
  }
  const kmsByRegion = new Map<string, KMS>()
  return {
    iam: keep(new IAM(connection)),
    sts: keep(new STS(connection)),
    organizations: keep(new Organizations(connection)),
    kmsIn(region) {
      const kms = kmsByRegion.get(region) ?? keep(new KMS({ ...connection, region }))
      kmsByRegion.set(region, kms)
      return kms
    },
    destroy() {
      for (const client of made) client.destroy()
    },
  }
}

/** An answer; or nothing where nobody can be asked, or what is asked for is not there. */
export async function orAbsent<A>(
  call: Promise<A> | undefined,
  ...codes: readonly string[]
): Promise<A | undefined> {
  try {
    return await call
  } catch (error) {
    if (error instanceof Error && codes.includes(error.name)) return undefined
    throw error
  }
}

/** Calls with each page's marker until there is none, and gives back all that the pages list. */
export async function listed<P, T>(
  call: (marker: string | undefined) => Promise<P>,
  read: (page: P) => { readonly items: readonly T[] | undefined; readonly next: string | undefined },
): Promise<T[]> {
  const all: T[] = []
  let marker: string | undefined
  do {
    const { items, next } = read(await call(marker))
    all.push(...(items ?? []))
    marker = next
  } while (marker !== undefined)
  return all
}

const pollMs = 200
const settledMsMost = 60_000

/** Looks again and again until there is what is being made. @throws CannotApply when that takes too long */
export async function settled<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (let waited = 0; waited <= settledMsMost; waited += pollMs) {
    const found = await look()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
  throw new CannotApply(`${what} is still being made`, 'run it again')
}
