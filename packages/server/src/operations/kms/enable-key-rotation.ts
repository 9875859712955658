import { requireAutomaticRotation, rotatingEvery, usualPeriodDays } from '../../keys/rotation.ts'
import { onKey } from '../on-key.ts'
import { changeRelated } from './change-related.ts'

export const enableKeyRotation = onKey({
  name: 'EnableKeyRotation',
  summary: 'Has a key given new material every so many days, from now on.',
  facts: (input) => ({ rotationPeriodInDays: input.RotationPeriodInDays ?? usualPeriodDays }),
  require: (_input, { key }) => requireAutomaticRotation(key),
  async handle({ input, call, ...handling }) {
    const rotation = rotatingEvery(input.RotationPeriodInDays ?? usualPeriodDays, call.now)
    await changeRelated((key) => ({ ...key, rotation }), handling)
    return {}
  },
})
