import { withoutTags } from '../../identity/tags.ts'
import { onMfaDevice } from '../on-mfa-device.ts'

export const untagMfaDevice = onMfaDevice({
  name: 'UntagMFADevice',
  summary: 'Takes tags from a device for one-time codes.',
  facts: (input) => ({ tagKeys: input.TagKeys }),
  async handle({ input, subject: { device }, changes }) {
    const tags = withoutTags(device.value.tags, input.TagKeys)
    changes.replace('mfaDevice', device, { ...device.value, tags })
    return {}
  },
})
