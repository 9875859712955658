import { requireAutomaticRotation, withoutRotation } from '../../keys/rotation.ts'
import { onKey } from '../on-key.ts'
import { changeRelated } from './change-related.ts'

export const disableKeyRotation = onKey({
  name: 'DisableKeyRotation',
  summary: 'Stops the automatic rotation of a key, which keeps all material it has.',
  require: (_input, { key }) => requireAutomaticRotation(key),
  async handle(handling) {
    await changeRelated(withoutRotation, handling)
    return {}
  },
})
