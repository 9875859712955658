import { addService } from '@claviger/server/asking'
import { type Command, exitCode } from '../command.ts'
import { askRunning, dataDirFlag } from '../running-service.ts'
import { columns, paint, say, sayError } from '../terminal.ts'

export const serviceAdd: Command = {
  argument: {
    name: 'service',
    meaning:
      'its name and Region as kms:ViaService has them, s3.us-east-1.amazonaws.com; or your own, backup.internal',
  },
  flags: [dataDirFlag, { name: 'json', meaning: 'the credentials as data' }],
  notes: [
    'A service calls KMS as itself, and for users whose signed requests it presents (docs/services.md). Its secret is',
    'shown once. Adding it again gives it a second credential to change to.',
  ],
  async run(flags, io, [service = '']) {
    const answer = await askRunning(flags, io, (dataDir) => addService(dataDir, service))
    if (answer === exitCode.failed) return answer
    if (answer.kind !== 'added') {
      sayError(io.stderr, answer.kind === 'refused' ? answer.reason : `${service} was not added`)
      return exitCode.no
    }
    const { accessKeyId, secretAccessKey } = answer
    if (flags.json !== undefined) {
      say(io.stdout, JSON.stringify({ service, accessKeyId, secretAccessKey }))
      return exitCode.yes
    }
    say(
      io.stdout,
      paint(io.stdout, 'bold', `${service} signs with`),
      ...columns([
        ['access key id', accessKeyId],
        ['secret access key', secretAccessKey],
      ]),
    )
    return exitCode.yes
  },
}
