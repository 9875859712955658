import { keyStates } from '../keys/key-state.ts'
import { counter, gauge, histogram, type MetricRow, single } from './metric.ts'

/** Every metric of ours, one row each. What Prometheus knows of any Node process is added by its client. */
export const metricRows: readonly MetricRow[] = [
  gauge(
    'build_info',
    'version node_version',
    'always 1; which release this is, and on which Node',
    (readings) => [[1, readings.version, process.version]],
  ),
  gauge('ready', 'part', '1 while the part is fit to serve calls, as /readyz says', ({ readiness }) =>
    Object.entries(readiness.parts).map(([part, { ok }]) => [Number(ok), part]),
  ),
  counter(
    'calls_total',
    'service operation outcome',
    'calls answered; the outcome is ok or the code of the refusal, the operation none where a request was refused before it had one',
    ({ meter }) =>
      meter.operations.flatMap(({ service, name, ok, refused }) => [
        [ok, service, name, 'ok'] as const,
        ...[...refused].map(([code, count]) => [count, service, name, code] as const),
      ]),
  ),
  histogram(
    'call_duration_seconds',
    'service operation',
    'how long calls took, from the last byte of the request to the whole answer; its durable record included',
    ({ meter }) => meter.operations.map(({ service, name, durations }) => [durations, service, name]),
  ),
  gauge('calls_in_flight', '', 'calls that are being answered', ({ meter }) =>
    single(meter.traffic.inFlight),
  ),
  counter('request_bytes_total', '', 'bytes of request bodies', ({ meter }) =>
    single(meter.traffic.requestBytes),
  ),
  counter('response_bytes_total', '', 'bytes of answers’ bodies', ({ meter }) =>
    single(meter.traffic.responseBytes),
  ),
  counter(
    'unread_requests_total',
    'reason',
    'what came and never became a request: too long, too slow, too much at once, or not HTTP',
    ({ meter }) => [...meter.unreadByReason].map(([reason, count]) => [count, reason]),
  ),
  gauge('connections', '', 'open connections of callers', ({ connections }) => single(connections)),
  counter(
    'decisions_total',
    'layer decision',
    'access requests decided, by the layer that decided',
    ({ meter }) =>
      meter.decisions.flatMap(({ layer, ...counts }) =>
        (['Allow', 'ExplicitDeny', 'ImplicitDeny'] as const).map(
          (decision) => [counts[decision], layer, decision] as const,
        ),
      ),
  ),
  counter(
    'refusals_by_key_state_total',
    'state',
    'calls that were allowed, and refused because of the state that the key is in',
    // All of them from the start: the first refusal is the one that matters, and is an increase only over a zero.
    ({ meter }) => keyStates.map((state) => [meter.refusalsByState.get(state) ?? 0, state]),
  ),

  counter('journal_records_total', '', 'audit records made durable', ({ journalMeter }) =>
    single(journalMeter.records),
  ),
  gauge('journal_waiting_records', '', 'audit records that wait to be durable', ({ journalMeter }) =>
    single(journalMeter.waiting),
  ),
  histogram(
    'journal_batch_records',
    '',
    'records that one write of the journal took along',
    ({ journalMeter }) => single(journalMeter.batches),
  ),
  histogram(
    'journal_write_duration_seconds',
    '',
    'how long one write of the journal took: chained, written and synced',
    ({ journalMeter }) => single(journalMeter.writes),
  ),
  counter('journal_failures_total', '', 'writes of the journal that failed', ({ journalMeter }) =>
    single(journalMeter.failures),
  ),
  gauge(
    'journal_failing',
    '',
    '1 from a failed write until the next that succeeds: nothing can be used meanwhile',
    ({ journalMeter }) => single(Number(journalMeter.isFailing)),
  ),
  gauge(
    'journal_last_durable_timestamp_seconds',
    '',
    'when a record was last made durable; absent before the first',
    ({ journalMeter: { lastDurableAt } }) => single(lastDurableAt && lastDurableAt / 1000),
  ),
  gauge(
    'journal_owed_records',
    '',
    'changes made whose records the journal has not taken yet',
    ({ journal }) => single(journal.owed),
  ),
  gauge('journal_lines', '', 'lines of the journal, checkpoints included', ({ journal }) =>
    single(journal.lines),
  ),
  gauge('journal_segments', '', 'files the journal is in', ({ journal }) => single(journal.segments)),
  gauge('journal_segment_bytes', '', 'size of the file that is being written', ({ journal }) =>
    single(journal.length),
  ),
  gauge('journal_free_bytes', '', 'what is left on the file system of the journal', ({ journal }) =>
    single(journal.freeBytes),
  ),

  gauge('audit_sink_lag_records', 'sink', 'lines of the journal that a sink has not taken yet', ({ sinks }) =>
    sinks.map(({ name, lagRecords }) => [lagRecords, name]),
  ),
  gauge(
    'audit_sink_lag_seconds',
    'sink',
    'how long ago the oldest event happened that a sink has not taken',
    ({ sinks }) => sinks.map(({ name, lagSeconds }) => [lagSeconds, name]),
  ),
  counter('audit_sink_sent_records_total', 'sink', 'records that a sink has taken', ({ sinks }) =>
    sinks.map(({ name, sentRecords }) => [sentRecords, name]),
  ),
  counter('audit_sink_failures_total', 'sink', 'attempts to send that failed', ({ sinks }) =>
    sinks.map(({ name, failures }) => [failures, name]),
  ),
  gauge('audit_sink_failing', 'sink', '1 while the last attempt to send failed', ({ sinks }) =>
    sinks.map(({ name, lastError }) => [Number(lastError !== undefined), name]),
  ),

  counter('cache_hits_total', 'cache', 'look-ups answered from memory', ({ caches }) =>
    caches.map(({ name, hits }) => [hits, name]),
  ),
  counter('cache_misses_total', 'cache', 'look-ups for which the store was read', ({ caches }) =>
    caches.map(({ name, misses }) => [misses, name]),
  ),
  gauge('cache_entries', 'cache', 'what is kept in memory', ({ caches }) =>
    caches.flatMap(({ name, size }) => (size === undefined ? [] : [[size, name] as const])),
  ),
  gauge(
    'keys',
    'state key_spec',
    'keys there are, counted at most once a minute; in a custom key store by the state of the key itself',
    ({ keys }) => keys.map(({ state, keySpec, count }) => [count, state, keySpec]),
  ),
  gauge('root_key_open', '', '1 while the root key in memory opens what was sealed under it', ({ rootKey }) =>
    single(Number(rootKey.isOpen)),
  ),
  gauge(
    'root_key_at_source',
    '',
    '1 while its source still has the root key; 0: this process goes on, the next one cannot start. Absent for a passphrase',
    ({ rootKey }) => single(rootKey.isAtSource === undefined ? undefined : Number(rootKey.isAtSource)),
  ),
  gauge('worker_threads', '', 'threads there are for slow arithmetic', ({ workerThreads }) =>
    single(workerThreads),
  ),
  gauge(
    'waiting_tasks',
    'queue',
    'slow cryptography that waits: for such a thread, for its turn in Node’s own threads, or to make an RSA key',
    ({ waitingTasks }) => Object.entries(waitingTasks).map(([queue, count]) => [count, queue] as const),
  ),
  gauge(
    'tls_certificate_end_timestamp_seconds',
    '',
    'when the certificate ends that is served; absent without TLS',
    ({ certificateEndsAt }) => single(certificateEndsAt && certificateEndsAt / 1000),
  ),
]
