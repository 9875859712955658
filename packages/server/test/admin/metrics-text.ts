/** What an admin listener answers, and the numbers in it. */

/** One line of Prometheus's text format that has a number. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** What is announced of a metric, and all samples that belong to it. */
export interface Metrics {
  readonly text: string
  readonly typeByName: ReadonlyMap<string, string>
  readonly samples: readonly Sample[]
  /** The sum of all samples of this name with these labels; 0 when there are none. */
  sum(name: string, labels?: Readonly<Record<string, string>>): number
  /** The value of the only sample of this name with these labels. */
  one(name: string, labels?: Readonly<Record<string, string>>): number | undefined
}

export async function scrape(adminUrl: string | undefined): Promise<Metrics> {
  const response = await fetch(`${adminUrl}/metrics`)
  return metricsIn(await response.text())
}

export function metricsIn(text: string): Metrics {
  const lines = text.split('\n')
  const typeByName = new Map(
    lines.flatMap((line) => {
      const [, name, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? []
      return name === undefined || type === undefined ? [] : [[name, type] as const]
    }),
  )
  const samples = lines.flatMap((line) => {
    const [, name, labels = '', value] = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
    if (name === undefined) return []
    const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, text]) => [key, text])
    return [{ name, labels: Object.fromEntries(pairs), value: Number(value) }]
  })
  const find = (name: string, wanted: Readonly<Record<string, string>> = {}) =>
    samples.filter(
      (sample) =>
        sample.name === name && Object.entries(wanted).every(([key, text]) => sample.labels[key] === text),
    )
  return {
    text,
    typeByName,
    samples,
    sum: (name, labels) => find(name, labels).reduce((sum, { value }) => sum + value, 0),
    one(name, labels) {
      const found = find(name, labels)
      if (found.length > 1) throw new Error(`${name} is there ${found.length} times`)
      return found[0]?.value
    },
  }
}
