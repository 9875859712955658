import { mfaDeviceArn } from '../../identity/mfa-device.ts'
import { readTags, wireTags } from '../../identity/tags.ts'
import { Refusal } from '../../protocol/errors.ts'
import { needsToMake, onIamAccount } from '../iam-operation.ts'

export const createVirtualMfaDevice = onIamAccount({
  name: 'CreateVirtualMFADevice',
  summary: 'Makes a seed for one-time codes. It is shown this once.',
  defaults: { Path: '/' },
  check: (input) => void readTags(input.Tags),
  needs: ({ Path: path = '/', VirtualMFADeviceName: name, Tags: tags }, { caller: { account } }) =>
    needsToMake('CreateVirtualMFADevice', {
      resource: mfaDeviceArn(account, path, name),
      tagging: 'TagMFADevice',
      tags,
    }),
  async handle({ input, call, parts: { catalog, safe }, changes }) {
    const { account } = call.caller
    const serialNumber = mfaDeviceArn(account, input.Path ?? '/', input.VirtualMFADeviceName)
    const place = { account, serialNumber }
    if ((await catalog.store.find('mfaDevice', [account, serialNumber])) !== undefined) {
      throw new Refusal(
        'EntityAlreadyExistsException',
        'MFADevice entity at the same path and name already exists.',
      )
    }
    const { sealedSeed, text } = safe.newSeed(place)
    const tags = readTags(input.Tags)
    changes.add('mfaDevice', { ...place, createdAt: call.now, tags, sealedSeed })
    return {
      VirtualMFADevice: {
        SerialNumber: serialNumber,
        Base32StringSeed: Buffer.from(text),
        ...wireTags(tags),
      },
    }
  },
})
