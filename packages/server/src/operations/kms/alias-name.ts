import { Refusal } from '../../protocol/errors.ts'

const form = /^alias\/[a-zA-Z0-9/_-]+$/

/** What every alias operation asks of the name it is given. */
export function requireAliasName(name: string): void {
  if (!name.startsWith('alias/')) {
    throw new Refusal(
      'ValidationException',
      'Alias must start with the prefix "alias/". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html',
    )
  }
  if (name.startsWith('alias/aws/')) {
    throw new Refusal('NotAuthorizedException', 'Aliases that begin with alias/aws/ are reserved')
  }
  if (!form.test(name)) {
    throw new Refusal('InvalidAliasNameException', 'Alias contains invalid characters')
  }
}
