import type { RequestFacts } from '../call/facts.ts'
import { type OpenIdProvider, placeInArn } from '../identity/open-id-provider.ts'
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

/** The provider an IAM operation works on. */
export interface ProviderSubject extends Subject {
  readonly provider: Stored<OpenIdProvider>
}

/** Whichever was named, there or not. */
export interface NamedProvider extends Subject {
  readonly found: Stored<OpenIdProvider> | undefined
}

interface OnOpenIdProvider<N extends IamName> extends IamDeclaration<N, ProviderSubject> {
  readonly facts?: (input: IamInput<N>) => RequestFacts
}

/** An IAM operation on the identity provider that its `OpenIDConnectProviderArn` names. */
export function onOpenIdProvider<N extends IamName>(
  operation: OnOpenIdProvider<N> &
    (IamInput<N> extends { OpenIDConnectProviderArn: string } ? unknown : never),
): Operation<IamInput<N>, IamOutput<N>, NamedProvider> {
  const arnIn = (input: IamInput<N>) =>
    (input as { OpenIDConnectProviderArn: string }).OpenIDConnectProviderArn
  return {
    ...declaredIam(operation),
    async find(input, { caller: { account } }, { catalog }) {
      const place = placeInArn(arnIn(input), account)
      const found =
        place === undefined ? undefined : await catalog.store.find('openIdProvider', [account, place])
      return { keys: [], found }
    },
    needs: (input, { found }) => [
      iamNeed(operation.name, {
        resource: arnIn(input),
        facts: { ...(found && { resourceTags: found.value.tags }), ...operation.facts?.(input) },
      }),
    ],
    require: (input, { found }) => void requireProvider(arnIn(input), found),
    handle: (handling) => {
      const provider = requireProvider(arnIn(handling.input), handling.subject.found)
      return operation.handle({ ...handling, subject: { keys: [], provider } })
    },
  }
}

function requireProvider(arn: string, found: Stored<OpenIdProvider> | undefined): Stored<OpenIdProvider> {
  if (found !== undefined) return found
  throw new Refusal('NoSuchEntityException', `OpenIDConnect Provider not found for arn ${arn}`)
}
