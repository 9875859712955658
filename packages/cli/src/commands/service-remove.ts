import { removeService } from '@claviger/server/asking'
import { type Command, exitCode } from '../command.ts'
import { askRunning, dataDirFlag } from '../running-service.ts'
import { say, sayError } from '../terminal.ts'

export const serviceRemove: Command = {
  argument: { name: 'service', meaning: 'as `claviger service list` shows it' },
  flags: [
    dataDirFlag,
    { name: 'access-key-id', value: 'id', meaning: 'the one credential to remove, and not all of them' },
  ],
  notes: ['What it was given to act for users ends at once. Grants and key policies that name it stay.'],
  async run(flags, io, [service = '']) {
    const id = flags['access-key-id']
    const accessKeyId = id === undefined ? undefined : String(id)
    const answer = await askRunning(flags, io, (dataDir) => removeService(dataDir, service, accessKeyId))
    if (answer === exitCode.failed) return answer
    if (answer.kind !== 'removed') {
      sayError(
        io.stderr,
        answer.kind === 'refused' ? answer.reason : `${service} was not removed`,
        '`claviger service list` shows what there is',
      )
      return exitCode.no
    }
    say(io.stdout, ...answer.accessKeyIds.map((each) => `${each} of ${service} is removed`))
    return exitCode.yes
  },
}
