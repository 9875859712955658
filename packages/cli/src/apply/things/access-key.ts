import type { IAM } from '@aws-sdk/client-iam'
import { requireWritable, writeProfile } from '../credentials-file.ts'
import { type Installation, profileOf } from '../installation.ts'
import type { WantedAccount, WantedUser } from '../installation-file.ts'
import type { Difference, Rank } from './thing.ts'

/** An access key for a user who has none, written to the credentials file. */
export async function accessKeyDifference(
  rank: Rank,
  {
    wanted,
    account,
    installation,
    iam,
    put,
  }: {
    wanted: WantedUser
    account: WantedAccount
    installation: Installation
    iam: IAM | undefined
    put: () => IAM
  },
): Promise<readonly Difference[]> {
  const { name: UserName, accessKey } = wanted
  if (!accessKey) return []
  const there = (await iam?.listAccessKeys({ UserName }))?.AccessKeyMetadata ?? []
  if (there.length > 0) return []
  const { credentialsFile, region } = installation
  const profile = profileOf(account.name, UserName)
  const create = async () => {
    await requireWritable(credentialsFile)
    const { AccessKey } = await put().createAccessKey({ UserName })
    const credentials = {
      accessKeyId: String(AccessKey?.AccessKeyId),
      secretAccessKey: String(AccessKey?.SecretAccessKey),
    }
    try {
      await writeProfile(credentialsFile, { profile, region, credentials })
    } catch (error) {
      // A secret that is written nowhere is lost, and its key must not look as if somebody had it.
      await put().deleteAccessKey({ UserName, AccessKeyId: credentials.accessKeyId })
      throw error
    }
  }
  return [{ rank, member: 'access-key', after: `profile ${profile} in ${credentialsFile}`, put: create }]
}
