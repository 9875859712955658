import { readFile } from 'node:fs/promises'
import { CannotStart } from '../base/cannot-start.ts'
import { type DescribedEndpoint, parseEndpointFile } from './endpoint-file.ts'

/** The endpoints that a file describes; none without one. @throws CannotStart with everything that is wrong with it */
export async function openEndpoints(path: string | undefined): Promise<readonly DescribedEndpoint[]> {
  if (path === undefined) return []
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new CannotStart(`the VPC endpoints file ${path} cannot be read (${cause.code})`, { cause })
  })
  const file = parseEndpointFile(text)
  if (file.ok) return file.endpoints
  const problems = file.problems.map((problem) => `  ${problem}`)
  throw new CannotStart([`the VPC endpoints file ${path} cannot be used:`, ...problems].join('\n'))
}
