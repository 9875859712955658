import { readTags, withTags } from '../../identity/tags.ts'
import { onMfaDevice } from '../on-mfa-device.ts'
import { tagFacts } from './tag-facts.ts'

export const tagMfaDevice = onMfaDevice({
  name: 'TagMFADevice',
  summary: 'Gives a device for one-time codes tags, new values for those it has.',
  check: (input) => void readTags(input.Tags),
  facts: tagFacts,
  async handle({ input, subject: { device }, changes }) {
    const tags = withTags(device.value.tags, readTags(input.Tags))
    changes.replace('mfaDevice', device, { ...device.value, tags })
    return {}
  },
})
