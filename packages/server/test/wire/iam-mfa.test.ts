import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { journalText } from '../audit/read-records.ts'
import { authenticator, newDevice } from '../authenticator.ts'
import { account, answerOf, refused, type Serving, serve, type User } from '../serving.ts'
import { assume, newRole, trusting } from '../sessions.ts'

let house: Serving
beforeAll(async () => {
  house = await serve()
})
afterAll(() => house.close())

const now = () => house.clock.now()
/** To where no code that was shown so far is one any more. */
const later = () => house.clock.advance(120_000)

/** What a request shows for a second factor. */
const proof = (serialNumber: string, code: string) => ({ SerialNumber: serialNumber, TokenCode: code })

test('an app shows the codes of RFC 6238', () => {
  // Appendix B, of which the last six digits are shown.
  const app = authenticator('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')
  expect([59, 1111111109, 2000000000].map((seconds) => app.codeAt(seconds * 1000))).toEqual([
    '287082',
    '081804',
    '279037',
  ])
})

describe('a device', () => {
  test('has a seed that is shown once, and is a user’s when two codes have been shown', async () => {
    const { iam } = house.root
    await house.user('dora')
    const made = await iam.createVirtualMFADevice({ VirtualMFADeviceName: 'dora' })
    const serialNumber = `arn:aws:iam::${account}:mfa/dora`
    expect(made.VirtualMFADevice?.SerialNumber).toBe(serialNumber)
    const seed = Buffer.from(made.VirtualMFADevice?.Base32StringSeed ?? []).toString()
    expect(seed).toMatch(/^[A-Z2-7]{64}$/)
    expect((await iam.listVirtualMFADevices({ AssignmentStatus: 'Unassigned' })).VirtualMFADevices).toEqual([
      { SerialNumber: serialNumber },
    ])
    const app = authenticator(seed)
    const wrong = { AuthenticationCode1: app.codeAt(now()), AuthenticationCode2: app.codeAt(now()) }
    await refused(
      iam.enableMFADevice({ UserName: 'dora', SerialNumber: serialNumber, ...wrong }),
      'InvalidAuthenticationCodeException',
      'Authentication code for device is not valid.',
    )
    const right = { AuthenticationCode1: app.codeAt(now(), -1), AuthenticationCode2: app.codeAt(now()) }
    await iam.enableMFADevice({ UserName: 'dora', SerialNumber: serialNumber, ...right })
    expect(await answerOf(iam.listMFADevices({ UserName: 'dora' }))).toEqual({
      MFADevices: [{ UserName: 'dora', SerialNumber: serialNumber, EnableDate: new Date(now()) }],
      IsTruncated: false,
    })
    expect(await journalText(house.dataDir)).not.toContain(seed)
    expect(await journalText(house.dataDir)).not.toContain(right.AuthenticationCode2)
  })

  test('stands in the way of deleting its user, and goes when nobody has it', async () => {
    const { iam } = house.root
    await house.user('erik')
    const { serialNumber: SerialNumber } = await newDevice(house.root, 'erik', now())
    await refused(iam.deleteVirtualMFADevice({ SerialNumber }), 'DeleteConflictException')
    const { AccessKeyMetadata } = await iam.listAccessKeys({ UserName: 'erik' })
    const AccessKeyId = AccessKeyMetadata?.[0]?.AccessKeyId
    await iam.deleteAccessKey({ UserName: 'erik', AccessKeyId })
    await refused(
      iam.deleteUser({ UserName: 'erik' }),
      'DeleteConflictException',
      'Cannot delete entity, must delete MFA device first.',
    )
    await iam.deactivateMFADevice({ UserName: 'erik', SerialNumber })
    await iam.deleteVirtualMFADevice({ SerialNumber })
    await iam.deleteUser({ UserName: 'erik' })
    await refused(iam.deleteVirtualMFADevice({ SerialNumber }), 'NoSuchEntityException')
  })

  test('whose clock is ten minutes off is of use again when two codes have told how far', async () => {
    const frida = await house.user('frida')
    const { serialNumber, app } = await newDevice(house.root, 'frida', now())
    later()
    const ahead = (steps: number) => app.codeAt(now(), 18 + steps)
    await refused(frida.sts.getSessionToken(proof(serialNumber, ahead(0))), 'AccessDenied')
    await house.root.iam.resyncMFADevice({
      UserName: 'frida',
      SerialNumber: serialNumber,
      AuthenticationCode1: ahead(0),
      AuthenticationCode2: ahead(1),
    })
    later()
    await frida.sts.getSessionToken(proof(serialNumber, ahead(0)))
  })

  test('is one of eight that a user can have', async () => {
    await house.user('gina')
    for (let number = 1; number <= 8; number += 1)
      await newDevice(house.root, 'gina', now(), `gina-${number}`)
    await refused(newDevice(house.root, 'gina', now(), 'gina-9'), 'LimitExceededException')
  })
})

describe('a one-time code', () => {
  let hanna: User
  let device: Awaited<ReturnType<typeof newDevice>>
  beforeAll(async () => {
    hanna = await house.user('hanna', 'sts:*')
    device = await newDevice(house.root, 'hanna', now())
    later()
  })

  test('is good once', async () => {
    const shown = proof(device.serialNumber, device.app.codeAt(now()))
    await hanna.sts.getSessionToken(shown)
    await refused(
      hanna.sts.getSessionToken(shown),
      'AccessDenied',
      'MultiFactorAuthentication failed with invalid MFA one time pass code. ',
    )
    later()
  })

  test('is good once, however many show it at the same moment', async () => {
    const shown = proof(device.serialNumber, device.app.codeAt(now()))
    const tries = await Promise.allSettled(Array.from({ length: 4 }, () => hanna.sts.getSessionToken(shown)))
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    later()
  })

  test('is asked for with the device that shows it, which must be the caller’s own', async () => {
    const code = device.app.codeAt(now())
    await refused(
      hanna.sts.getSessionToken({ TokenCode: code }),
      'AccessDenied',
      'MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.',
    )
    const ivan = await house.user('ivan')
    for (const who of [ivan, house.root]) {
      await refused(
        who.sts.getSessionToken(proof(device.serialNumber, code)),
        'AccessDenied',
        /^MultiFactorAuthentication failed, unable to validate MFA code/,
      )
    }
    await hanna.sts.getSessionToken(proof(device.serialNumber, code))
    later()
  })

  test('cannot be guessed: after five wrong ones the right one is not taken either, for a minute', async () => {
    for (let guess = 0; guess < 5; guess += 1) {
      const wrong = device.app.codeAt(now(), 1000 + guess)
      await refused(hanna.sts.getSessionToken(proof(device.serialNumber, wrong)), 'AccessDenied')
    }
    await refused(
      hanna.sts.getSessionToken(proof(device.serialNumber, device.app.codeAt(now()))),
      'AccessDenied',
    )
    later()
    await hanna.sts.getSessionToken(proof(device.serialNumber, device.app.codeAt(now())))
    later()
  })

  test('is what a role’s trust policy can ask for', async () => {
    const trust = trusting({ AWS: hanna.arn }, { Bool: { 'aws:MultiFactorAuthPresent': 'true' } })
    const role = await newRole(house.root, 'Careful', trust)
    await refused(assume(house, hanna, { RoleArn: role }), 'AccessDenied')
    const code = device.app.codeAt(now())
    await assume(house, hanna, { RoleArn: role, ...proof(device.serialNumber, code) })
    later()
  })
})
