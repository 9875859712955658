import { listServices, type ServiceListing } from '@claviger/server/asking'
import { type Command, exitCode } from '../command.ts'
import { askRunning, dataDirFlag } from '../running-service.ts'
import { columns, say, sayError } from '../terminal.ts'

export const serviceList: Command = {
  flags: [dataDirFlag, { name: 'json', meaning: 'the list as data' }],
  async run(flags, io) {
    const listings = await askRunning(flags, io, listServices)
    if (listings === exitCode.failed) return listings
    if (flags.json !== undefined) say(io.stdout, JSON.stringify(listings))
    else if (listings.length > 0) say(io.stdout, ...columns(listings.map(line)))
    else sayError(io.stderr, 'no service is registered', '`claviger service add <service>` registers one')
    return exitCode.yes
  },
}

function line({ service, accessKeyId, createdAt, lastUsedAt }: ServiceListing): [string, string] {
  const use = lastUsedAt === undefined ? 'never used' : `last used ${lastUsedAt}`
  return [service, `${accessKeyId}  since ${createdAt}, ${use}`]
}
