import type { RequestFacts } from '../call/facts.ts'
import type { MfaDevice } from '../identity/mfa-device.ts'
import { Refusal } from '../protocol/errors.ts'
import type { Stored } from '../storage/store.ts'
import {
  declaredIam,
  type IamDeclaration,
  type IamInput,
  type IamName,
  type IamOutput,
  iamNeed,
} from './iam-operation.ts'
import type { Operation, Subject } from './operation.ts'

/** The virtual MFA device an IAM operation works on, whoever shows its codes. */
export interface DeviceSubject extends Subject {
  readonly device: Stored<MfaDevice>
}

/** Whichever was named, there or not. */
export interface NamedDevice extends Subject {
  readonly found: Stored<MfaDevice> | undefined
}

interface OnMfaDevice<N extends IamName> extends IamDeclaration<N, DeviceSubject> {
  readonly facts?: (input: IamInput<N>) => RequestFacts
}

/** An IAM operation on the device that its `SerialNumber` names. */
export function onMfaDevice<N extends IamName>(
  operation: OnMfaDevice<N> & (IamInput<N> extends { SerialNumber: string } ? unknown : never),
): Operation<IamInput<N>, IamOutput<N>, NamedDevice> {
  const serialNumberIn = (input: IamInput<N>) => (input as { SerialNumber: string }).SerialNumber
  return {
    ...declaredIam(operation),
    async find(input, { caller: { account } }, { catalog }) {
      return { keys: [], found: await catalog.store.find('mfaDevice', [account, serialNumberIn(input)]) }
    },
    needs: (input, { found }) => [
      iamNeed(operation.name, {
        resource: serialNumberIn(input),
        facts: { ...(found && { resourceTags: found.value.tags }), ...operation.facts?.(input) },
      }),
    ],
    require: (input, { found }) => void requireThere(serialNumberIn(input), found),
    handle: (handling) => {
      const device = requireThere(serialNumberIn(handling.input), handling.subject.found)
      return operation.handle({ ...handling, subject: { keys: [], device } })
    },
  }
}

function requireThere(serialNumber: string, found: Stored<MfaDevice> | undefined): Stored<MfaDevice> {
  if (found !== undefined) return found
  throw new Refusal(
    'NoSuchEntityException',
    `VirtualMFADevice with serial number ${serialNumber} does not exist.`,
  )
}
