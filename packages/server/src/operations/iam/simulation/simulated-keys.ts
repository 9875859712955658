import type { ConditionKeys, ConditionKeyValue } from '@claviger/policy'
import { conditionKeysOf } from '../../../access/condition-keys.ts'
import type { Call } from '../../../call/call.ts'
import { Refusal } from '../../../protocol/errors.ts'
import type { ContextEntry } from '../../../protocol/models/iam.ts'
import type { SimulatedCaller } from './simulated-caller.ts'

/** Condition keys that follow from who calls for what, so that nobody need write them into a request. */
const following: readonly string[] = [
  'aws:principalaccount',
  'aws:principalarn',
  'aws:principalisawsservice',
  'aws:principaltype',
  'aws:resourceaccount',
  'aws:userid',
  'aws:username',
]

/**
 * The facts of supposed requests: what the request enters, then what follows from its caller. Nothing else is
 * known. The time of day above all is the simulator's to say, as on AWS, and not ours.
 */
export function simulatedKeys(
  entries: readonly ContextEntry[],
  caller: SimulatedCaller,
  call: Call,
): (request: { readonly action: string; readonly resourceAccount: string }) => ConditionKeys {
  const entered = new Map(entries.map((entry) => [lowerCaseName(entry), enteredValue(entry)]))
  const { principal, tags, named } = caller
  const supposed: Call = { ...call, caller: { ...call.caller, account: caller.account, principal, tags } }
  return ({ action, resourceAccount }) => {
    const known = conditionKeysOf({ call: supposed, key: undefined, facts: {}, resourceAccount })
    const follows = (name: string) =>
      following.includes(name) ? !isUnknownId(name, caller) : name.startsWith('aws:principaltag/')
    return {
      find(name) {
        if (entered.has(name)) return entered.get(name)
        if (!named) return undefined
        if (name === 'kms:calleraccount') return action.startsWith('kms:') ? caller.account : undefined
        return follows(name) ? known.find(name) : undefined
      },
    }
  }
}

/** The id of a session has a part that only a real one has. */
function isUnknownId(name: string, { principal }: SimulatedCaller): boolean {
  return name === 'aws:userid' && principal.kind !== 'user'
}

function lowerCaseName({ ContextKeyName: name }: ContextEntry): string {
  if (name !== undefined) return name.toLowerCase()
  throw new Refusal('InvalidInputException', 'Invalid Context Entry: ContextKeyName is missing.')
}

const forms: Readonly<Record<string, RegExp>> = {
  numeric: /^[+-]?\d+(\.\d+)?$/,
  boolean: /^(true|false)$/i,
  binary: /^[A-Za-z0-9+/]*={0,2}$/,
}

/** @throws Refusal `InvalidInputException` for values that are not of the type they are said to be */
function enteredValue(entry: ContextEntry): ConditionKeyValue {
  const { ContextKeyName: name, ContextKeyValues: values = [], ContextKeyType: type = 'string' } = entry
  const isList = type.endsWith('List')
  const form = forms[isList ? type.slice(0, -'List'.length) : type]
  const wrong = values.find((value) => form !== undefined && !form.test(value))
  if (wrong !== undefined) {
    throw new Refusal('InvalidInputException', `Invalid Context Entry: ${wrong} is no ${type} for ${name}.`)
  }
  if (isList) return values
  if (values.length > 1) {
    throw new Refusal(
      'InvalidInputException',
      `Invalid Context Entry: ${name} of type ${type} has one value.`,
    )
  }
  return values[0]
}
