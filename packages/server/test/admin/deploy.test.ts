import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { metricRows } from '../../src/admin/metric-rows.ts'
import { type Serving, serve } from '../serving.ts'
import { type Metrics, scrape } from './metrics-text.ts'

/** The files in deploy/ speak of what there is. */

const root = resolve(import.meta.dirname, '../../../..')
const textOf = (path: string) => readFileSync(join(root, path), 'utf8')

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly labels: { readonly severity: string }
  readonly annotations: { readonly summary: string; readonly description: string }
}

interface Panel {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[]
}

const rules = (
  parse(textOf('deploy/prometheus/claviger-alerts.yml')) as { groups: { rules: readonly Rule[] }[] }
).groups.flatMap((group) => group.rules)
const dashboard = JSON.parse(textOf('deploy/grafana/claviger.json')) as { panels: readonly Panel[] }
const shown = dashboard.panels.filter(({ type }) => type !== 'row')

/** Metrics in an expression, each with the labels it is chosen by. */
function metricsIn(expression: string): readonly { name: string; labels: readonly string[] }[] {
  const named = [...expression.matchAll(/\b((?:claviger|process|nodejs)_[a-z0-9_]+)\b(?:\{([^}]*)\})?/g)]
  return named.map(([, name = '', matchers = '']) => ({
    name,
    labels: [...matchers.matchAll(/(\w+)\s*[=!]/g)].map(([, label]) => String(label)),
  }))
}

/** Labels that an expression groups by, or that a legend or sentence shows. */
const grouped = (expression: string) =>
  [...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, labels = '']) =>
    labels.split(',').map((label) => label.trim()),
  )
const inLegend = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => String(label))
const inSentence = (text: string) => [...text.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => String(label))

/** What Prometheus itself adds to every sample. */
const added = ['job', 'instance', 'le']

let serving: Serving
let metrics: Metrics

beforeAll(async () => {
  serving = await serve({ 'admin-listen': '127.0.0.1:0' })
  await serving.root.kms.createKey({})
  metrics = await scrape(serving.claviger.adminUrl)
})
afterAll(() => serving.close())

/** Whether a name is that of a metric that is announced, or of a part of a histogram that is. */
function isShown(name: string): boolean {
  const whole = name.replace(/_(bucket|sum|count)$/, '')
  return metrics.typeByName.has(name) || metrics.typeByName.get(whole) === 'histogram'
}

/** The labels that a metric of ours has. */
function labelsOf(name: string): readonly string[] {
  const row = metricRows.find(
    (each) => name === each.name || name.replace(/_(bucket|sum|count)$/, '') === each.name,
  )
  return [...(row?.labels ?? []), ...added]
}

/** That an expression speaks of metrics and labels that there are. */
function requireKnown(expression: string, alsoNamed: readonly string[]): void {
  const found = metricsIn(expression)
  expect(found.length, expression).toBeGreaterThan(0)
  for (const { name, labels } of found) {
    expect(isShown(name), name).toBe(true)
    expect(labelsOf(name), name).toEqual(expect.arrayContaining([...labels]))
  }
  const known = found.flatMap(({ name }) => labelsOf(name))
  expect(known, expression).toEqual(expect.arrayContaining([...grouped(expression), ...alsoNamed]))
}

describe('the dashboard', () => {
  test.each(shown)('asks in «$title» for metrics that are there', ({ targets = [] }) => {
    expect(targets.length).toBeGreaterThan(0)
    for (const { expr, legendFormat } of targets) {
      requireKnown(
        expr.replace('{__name__=~"', '').replaceAll('|claviger_', ' + claviger_'),
        inLegend(legendFormat),
      )
    }
  })

  test('has panels that do not lie over each other', () => {
    const ids = dashboard.panels.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const [index, one] of dashboard.panels.entries()) {
      for (const other of dashboard.panels.slice(index + 1)) {
        const [left, right] = [one.gridPos, other.gridPos]
        const apart =
          left.x + left.w <= right.x ||
          right.x + right.w <= left.x ||
          left.y + left.h <= right.y ||
          right.y + right.h <= left.y
        expect(apart, `${one.title} and ${other.title}`).toBe(true)
      }
    }
  })

  test('shows every metric of ours, or an alert looks at it', () => {
    const asked = [
      ...shown.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
      ...rules.map(({ expr }) => expr),
    ].join('\n')
    const elsewhere = [
      // They say what an instance is, and not how it does.
      'claviger_build_info',
      // Known from what is shown: the current file and the disk.
      'claviger_journal_lines',
      'claviger_journal_segments',
      // For whoever wants an alert on silence; an idle service is silent rightly.
      'claviger_journal_last_durable_timestamp_seconds',
    ]
    const unseen = metricRows.map(({ name }) => name).filter((name) => !asked.includes(name))
    expect(unseen.sort()).toEqual(elsewhere.sort())
  })
})

describe('the alert rules', () => {
  test.each(rules)('$alert looks at metrics that are there', ({ alert, expr, annotations }) => {
    const sentences = inSentence(`${annotations.summary} ${annotations.description}`)
    if (alert === 'ClavigerDown') expect(sentences).toEqual(['instance'])
    else requireKnown(expr, sentences)
  })

  test.each(rules)('$alert says how bad it is, and docs/operations.md what to do', ({
    alert,
    labels,
    annotations,
  }) => {
    expect(['critical', 'warning', 'info']).toContain(labels.severity)
    expect(annotations.summary).not.toBe('')
    expect(textOf('docs/operations.md')).toContain(`| ${alert} |`)
  })

  test('docs/operations.md speaks of no alert that is not there', () => {
    const told = [...textOf('docs/operations.md').matchAll(/^\| (Claviger\w+) \|/gm)].map(([, name]) => name)
    expect(told).toEqual(rules.map(({ alert }) => alert))
  })

  test('none of them fires for a service that is well and was used a little', () => {
    // What compares one number with another, evaluated on what the service shows; rates are for promtool.
    const simple = rules.flatMap(({ alert, expr }) => {
      const [, name, operator, bound] = /^(claviger_\w+) (==|>|<) ([\de.]+)$/.exec(expr) ?? []
      return name === undefined ? [] : [{ alert, name, operator, bound: Number(bound) }]
    })
    expect(simple.length).toBeGreaterThan(5)
    for (const { alert, name, operator, bound } of simple) {
      for (const { value } of metrics.samples.filter((sample) => sample.name === name)) {
        const fires = operator === '==' ? value === bound : operator === '>' ? value > bound : value < bound
        expect(fires, alert).toBe(false)
      }
    }
  })
})

test('the scrape configuration asks for the path that is served, and for the job that the rules speak of', () => {
  const { scrape_configs: configs, rule_files: files } = parse(textOf('deploy/prometheus/scrape.yml'))
  expect(configs).toMatchObject([{ job_name: 'claviger', metrics_path: '/metrics' }])
  expect(files).toEqual(['claviger-alerts.yml'])
})

test('the systemd unit starts the service as it is started, and waits for as long as slow calls may take', () => {
  const unit = textOf('deploy/systemd/claviger.service')
  expect(unit).toMatch(/^ExecStart=\/usr\/bin\/env claviger serve --config \S+$/m)
  expect(unit).toContain('Environment=CLAVIGER_DATA_DIR=/var/lib/claviger')
  expect(Number(/^TimeoutStopSec=(\d+)s$/m.exec(unit)?.[1])).toBeGreaterThan(30)
  expect(unit).toMatch(/^LimitCORE=0$/m)
})
