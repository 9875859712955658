import { wireTag } from '../../identity/tags.ts'
import { onMfaDevice } from '../on-mfa-device.ts'
import { pageOf } from './paging.ts'

export const listMfaDeviceTags = onMfaDevice({
  name: 'ListMFADeviceTags',
  summary: 'Lists the tags of a device for one-time codes.',
  async handle({ input, subject: { device } }) {
    const { items, ending } = pageOf(device.value.tags, input, ({ key }) => key)
    return { Tags: items.map(wireTag), ...ending }
  },
})
