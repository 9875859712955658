import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { KMS } from '@aws-sdk/client-kms'
import { actFor, type Credentials } from '../object-store/forward-access.ts'

/**
 * A service that works for its users when they are not there, as EBS does: who attaches a volume asks once, and what is
 * attached goes on opening its data key by a grant, until it is detached. Volumes are kept in memory: what is shown
 * is whom KMS is asked as.
 *
 *     POST /volumes/vol-1/attach    signed by a user: KMS is called as the user, through this service
 *     POST /volumes/vol-1/restart   by nobody: KMS is called as this service itself, for that volume
 *     POST /volumes/vol-1/detach    by nobody: the service gives the grant up
 */

const { env } = process
const region = env.AWS_REGION ?? 'us-east-1'
const endpoint = env.CLAVIGER_URL ?? 'http://127.0.0.1:8420'
const credentials: Credentials = {
  accessKeyId: env.SERVICE_ACCESS_KEY_ID ?? '',
  secretAccessKey: env.SERVICE_SECRET_ACCESS_KEY ?? '',
}
const keyId = env.VOLUME_KEY ?? 'alias/volumes'
const servicePrincipal = 'ec2.amazonaws.com'

interface Volume {
  readonly arn: string
  readonly keyArn: string
  readonly dataKey: Uint8Array
  readonly grantId: string
}

const volumes = new Map<string, Volume>()

/** As the user: a data key for the volume, and a grant for this service to open that one, for this volume alone. */
async function attach(id: string, request: IncomingMessage): Promise<string> {
  const { method = '', url: target = '', rawHeaders: headers } = request
  const bodyHash = createHash('sha256').update('').digest('hex')
  const session = await actFor({ method, target, headers, bodyHash }, { endpoint, region, credentials })
  const arn = `arn:aws:ec2:${region}:${session.account}:volume/${id}`
  const kms = new KMS({ endpoint, region, credentials: session.credentials, maxAttempts: 1 })
  const { KeyId, CiphertextBlob } = await kms.generateDataKeyWithoutPlaintext({
    KeyId: keyId,
    KeySpec: 'AES_256',
    EncryptionContext: { 'aws:ebs:id': id },
  })
  const { GrantId } = await kms.createGrant({
    KeyId: String(KeyId),
    GranteeServicePrincipal: servicePrincipal,
    RetiringServicePrincipal: servicePrincipal,
    Operations: ['Decrypt'],
    Constraints: { SourceArn: arn, EncryptionContextEquals: { 'aws:ebs:id': id } },
  })
  volumes.set(id, {
    arn,
    keyArn: String(KeyId),
    dataKey: CiphertextBlob ?? new Uint8Array(),
    grantId: String(GrantId),
  })
  return fingerprint(id)
}

/** As the service: what it holds opens, though nobody is there to ask. */
async function fingerprint(id: string): Promise<string> {
  const { arn, keyArn, dataKey } = volumeOf(id)
  const { Plaintext } = await asService(arn).decrypt({
    KeyId: keyArn,
    CiphertextBlob: dataKey,
    EncryptionContext: { 'aws:ebs:id': id },
  })
  return createHash('sha256')
    .update(Plaintext ?? '')
    .digest('hex')
}

/** As the service: nothing is opened any more from here on. */
async function detach(id: string): Promise<string> {
  const { arn, keyArn, grantId } = volumeOf(id)
  await asService(arn).retireGrant({ KeyId: keyArn, GrantId: grantId })
  return 'detached'
}

/** KMS, called as the service itself, which states for which resource it calls. */
function asService(sourceArn: string): KMS {
  const kms = new KMS({ endpoint, region, credentials, maxAttempts: 1 })
  kms.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> }
      headers['x-amz-source-arn'] = sourceArn
      return next(args)
    },
    { step: 'build', name: 'stateSourceArn' },
  )
  return kms
}

function volumeOf(id: string): Volume {
  const volume = volumes.get(id)
  if (volume === undefined) throw new Error(`there is no volume ${id}`)
  return volume
}

const deeds: Readonly<Record<string, (id: string, request: IncomingMessage) => Promise<string>>> = {
  attach,
  restart: fingerprint,
  detach,
}

const server = createServer(async (request, response) => {
  const [, , id = '', deed = ''] = (request.url ?? '').split('/')
  try {
    const told = await deeds[deed]?.(id, request)
    response.writeHead(told === undefined ? 404 : 200).end(told)
  } catch (error) {
    const { name, message } = error as Error
    response.writeHead(403).end(`${name}: ${message}`)
  }
})
server.listen(Number(env.PORT ?? 9001), '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  process.stdout.write(`volumes are kept at http://127.0.0.1:${port}\n`)
})
