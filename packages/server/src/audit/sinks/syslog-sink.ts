import { connect, isIP, type Socket } from 'node:net'
import { hostname } from 'node:os'
import { connect as connectTls, type SecureContext } from 'node:tls'
import { monotonicMs } from '../../base/elapsed.ts'
import type { EventRecord } from '../ledger.ts'
import type { SentRecord, Sink } from './sink.ts'

/** Where a syslog receiver is, and how it is known to be the right one. */
export interface SyslogReceiver {
  readonly name: string
  readonly host: string
  readonly port: number
  /** Absent for TCP in the clear. */
  readonly tls?: SecureContext
}

const timeLimitMs = 15_000

/** Twice the way there and back, and at least so long. */
const graceMsLeast = 10

/** Facility "log audit" (RFC 5424 §6.2.1). */
const facility = 13
const host = hostname()
const severity = { warning: 4, informational: 6 } as const

/**
 * Records as syslog messages (RFC 5424) with their length before them (RFC 6587 §3.4.1, and RFC 5425 §4.3 over TLS).
 *
 * Syslog has no word for "I have it": what was written to a connection may still be lost on the way. So every shipment
 * has a connection of its own, which we end first; a receiver that then ends its side has read everything, while one that
 * fell over or threw something away resets it.
 */
export function syslogSink(receiver: SyslogReceiver): Sink {
  let current: Socket | undefined
  return {
    name: receiver.name,
    recordsMost: 500,
    bytesMost: 1 << 20,
    // No more than one connection a second.
    restMs: 1000,
    async take({ records }) {
      const socket = open(receiver)
      current = socket
      try {
        await delivered(socket, Buffer.concat(records.map(frame)))
      } finally {
        socket.destroy()
        current = undefined
      }
    },
    close: () => void current?.destroy(),
  }
}

/** One message with its length before it. */
export function frame({ sequence, json }: SentRecord): Buffer {
  const { eventName, eventTime, errorCode } = JSON.parse(json) as EventRecord
  const priority = facility * 8 + (errorCode === undefined ? severity.informational : severity.warning)
  const from = `${host} claviger ${process.pid} ${nameIn(String(eventName))}`
  // A number from 1 to 2147483647 that starts again behind the last (RFC 5424 §7.3.1): what is missing shows.
  const sequenceId = ((sequence - 1) % 0x7fffffff) + 1
  const message = Buffer.from(`<${priority}>1 ${eventTime} ${from} [meta sequenceId="${sequenceId}"] ${json}`)
  return Buffer.concat([Buffer.from(`${message.length} `), message])
}

/** What may stand in a header: printable ASCII, 32 characters of it. */
function nameIn(text: string): string {
  return text.replace(/[^!-~]/g, '').slice(0, 32) || '-'
}

function open({ host, port, tls }: SyslogReceiver): Socket {
  if (tls === undefined) return connect({ host, port })
  // Without being told, a socket says no name, and who serves several under one address could not tell which is meant.
  return connectTls({ host, port, secureContext: tls, ...(isIP(host) === 0 ? { servername: host } : {}) })
}

/**
 * Writes everything, ends our side, and waits for the other side's end. An end that comes before ours is none of a
 * receiver that has read all: so ours waits until whoever turned us away has had time to say so.
 */
function delivered(socket: Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => socket.destroy(new Error('the receiver took too long')), timeLimitMs)
    const begun = monotonicMs()
    let graceMs = graceMsLeast
    let isOurEnd = false
    let isTheirEnd = false
    socket.on('connect', () => {
      graceMs = Math.max(graceMsLeast, 2 * (monotonicMs() - begun))
    })
    socket.on('error', reject)
    socket.on('end', () => {
      isTheirEnd = isOurEnd
    })
    socket.on('close', () => {
      clearTimeout(timer)
      if (isTheirEnd) resolve()
      else reject(new Error('the receiver ended the connection before it had everything'))
    })
    // What it says, if anything, is nothing to us; but only who reads comes to the end.
    socket.resume()
    socket.write(bytes, () => {
      setTimeout(() => {
        isOurEnd = true
        socket.end()
      }, graceMs)
    })
  })
}
