import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { nameOf, readDestination } from '../../../src/audit/sinks/destination.ts'
import { readSettings } from '../../../src/index.ts'
import { emptyDirectory } from '../../crash/process.ts'
import { serve } from '../../serving.ts'

const read = (written: string) =>
  readSettings({ flags: { 'audit-sinks': written }, environment: {}, file: {} }).auditSinks

describe('--audit-sinks', () => {
  test('names each kind of sink, and as many as one likes', () => {
    const written =
      'stdout:, cloudtrail:/var/log/a%2Cb?bucket=logs,syslog+tls://[::1],https://siem.example.com/in'
    expect(read(written)).toEqual([
      { kind: 'stdout' },
      { kind: 'cloudtrail', directory: '/var/log/a,b', bucket: 'logs' },
      { kind: 'syslog', host: '::1', port: 6514, isTls: true },
      { kind: 'webhook', url: 'https://siem.example.com/in' },
    ])
    expect(read('syslog+tcp://logs:601')).toEqual([{ kind: 'syslog', host: 'logs', port: 601, isTls: false }])
    expect(read('cloudtrail:trail')).toEqual([{ kind: 'cloudtrail', directory: 'trail', bucket: 'claviger' }])
    expect(read('')).toEqual([])
  })

  test.each([
    ['syslog://host:514', 'is no sink; use stdout:'],
    ['nonsense', 'is no sink'],
    ['constructor:x', 'is no sink'],
    ['syslog+tcp://host', 'needs a host and a port'],
    ['cloudtrail:', 'needs a directory'],
    ['cloudtrail://var/log', 'names a machine'],
    ['https://me:hush@siem.example.com/in', '`https://siem.example.com/in` holds a password'],
    ['https://a/?token=1,https://a/?token=2', '`https://a` is there twice'],
    ['cloudtrail:/a,cloudtrail:/a?bucket=b', '`cloudtrail:/a` is there twice'],
  ])('does not take %s', (written, message) => {
    expect(() => read(written)).toThrow(message)
    expect(() => read(written)).not.toThrow('hush')
  })

  test('is called by what may be seen of it', () => {
    const name = (written: string) => nameOf(readDestination(written))
    expect(name('https://siem.example.com/in?token=hush#more')).toMatch(
      /^https:\/\/siem\.example\.com\/…[0-9a-f]{8}$/,
    )
    expect(name('syslog+tls://[::1]')).toBe('syslog+tls://[::1]:6514')
    expect(name('cloudtrail:/a?bucket=b')).toBe('cloudtrail:/a')
  })
})

describe('a webhook needs a secret', () => {
  const webhook = { 'audit-sinks': 'https://siem.example.com/in' }

  test('from the environment or a file', async () => {
    await expect(serve(webhook)).rejects.toThrow(
      'a webhook is signed: set CLAVIGER_AUDIT_WEBHOOK_SECRET or --audit-webhook-secret-file',
    )
  })

  test.each([
    ['whsec_c2hvcnQ='],
    [Buffer.alloc(32).toString('base64')],
    [`whsec_${Buffer.alloc(32).toString('base64')} whsec_`],
    ['whsec_not base64!'],
    [' '],
  ])('that is long enough, and base64: not %s', async (secret) => {
    const file = join(await emptyDirectory(), 'secret')
    await writeFile(file, secret)
    await expect(serve({ ...webhook, 'audit-webhook-secret-file': file })).rejects.toThrow(
      'does not hold `whsec_`',
    )
  })
})

test('a file of certificates that holds none is refused at the start, and so is half a pair', async () => {
  const file = join(await emptyDirectory(), 'ca.pem')
  await writeFile(file, 'no certificate')
  const sinks = { 'audit-sinks': 'syslog+tls://localhost:6514' }
  await expect(serve({ ...sinks, 'audit-sink-ca': file })).rejects.toThrow('holds no certificate in PEM')
  await expect(serve({ ...sinks, 'audit-sink-cert': file })).rejects.toThrow(
    '--audit-sink-cert and --audit-sink-key must be set together',
  )
})
