import { openIdProviderArn } from '../../identity/open-id-provider.ts'
import { quotaOf, requireRoom } from '../../identity/quotas.ts'
import { readTags, wireTags } from '../../identity/tags.ts'
import { Refusal } from '../../protocol/errors.ts'
import { needsToMake, onIamAccount } from '../iam-operation.ts'
import { readThumbprints } from './open-id-thumbprints.ts'

export const createOpenIdConnectProvider = onIamAccount({
  name: 'CreateOpenIDConnectProvider',
  summary: 'Has the account believe an OpenID Connect provider, whose users trust policies may then name.',
  check(input) {
    placeOf(input.Url)
    readClientIds(input.ClientIDList)
    readThumbprints(input.ThumbprintList)
    readTags(input.Tags)
  },
  needs: (input, { caller: { account } }) =>
    needsToMake('CreateOpenIDConnectProvider', {
      resource: openIdProviderArn({ account, place: placeOf(input.Url) }),
      tagging: 'TagOpenIDConnectProvider',
      tags: input.Tags,
    }),
  async handle({ input, call, parts: { catalog, limits }, changes }) {
    const { account } = call.caller
    const place = placeOf(input.Url)
    if ((await catalog.store.find('openIdProvider', [account, place])) !== undefined) {
      throw new Refusal('EntityAlreadyExistsException', `Provider with url ${input.Url} already exists.`)
    }
    const count = await catalog.store.count('openIdProvider', { prefix: [account] })
    requireRoom('OpenIdConnectProvidersPerAccount', count, { account, limits })
    const tags = readTags(input.Tags)
    const clientIds = readClientIds(input.ClientIDList)
    const thumbprints = readThumbprints(input.ThumbprintList)
    changes.add('openIdProvider', { account, place, clientIds, thumbprints, createdAt: call.now, tags })
    return { OpenIDConnectProviderArn: openIdProviderArn({ account, place }), ...wireTags(tags) }
  },
})

/** A provider's URL without `https://`. @throws Refusal `ValidationException` */
function placeOf(text: string): string {
  const url = URL.parse(text)
  const isPlain =
    url !== null && url.search === '' && url.hash === '' && url.username === '' && url.password === ''
  if (isPlain && /^https:\/\/[!-~]+$/.test(text) && !/[?#]/.test(text)) return text.slice('https://'.length)
  throw new Refusal('ValidationException', 'Invalid Open ID Connect Provider URL')
}

/** Each counts once. @throws Refusal `InvalidInputException` */
function readClientIds(clientIds: readonly string[] = []): readonly string[] {
  const most = quotaOf('ClientIdsPerOpenIdConnectProvider')
  if (clientIds.length <= most) return [...new Set(clientIds)]
  throw new Refusal(
    'InvalidInputException',
    `Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: ${most}`,
  )
}
