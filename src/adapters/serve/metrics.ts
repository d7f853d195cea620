/** Counters and gauges in the Prometheus text format. Labels come from fixed lists, never from a caller. */
export interface Metrics {
  add(name: CounterName, labels: string, amount?: number): void
  gauge(name: GaugeName, read: () => Iterable<readonly [labels: string, value: number]>): void
  text(): string
}

const COUNTERS = {
  ensign_requests_total: 'Requests by what was asked for and by status.',
  ensign_response_bytes_total: 'Bytes of bodies sent.',
  ensign_store_errors_total: 'Reads of the store that failed.',
  ensign_stream_events_total: 'Heads that went out over event streams.',
  ensign_streams_opened_total: 'Event streams opened.',
  ensign_streams_refused_total: 'Event streams refused because there are too many, by code.',
  ensign_streams_dropped_total: 'Event streams dropped because the listener did not keep up.',
  ensign_statements_total: 'Statements received, by kind and by the code of the answer.',
  ensign_upstream_updates_total: 'Updates of a relay from its upstream, by outcome.',
} as const
const GAUGES = {
  ensign_streams: 'Event streams open now.',
  ensign_shelf_bytes: 'Memory held by files ready to be sent.',
  ensign_head_sequence: 'Sequence of the newest head sent, by environment.',
  ensign_head_expires_seconds: 'When that head expires, as Unix time.',
  ensign_process_resident_memory_bytes: 'Resident memory of the process.',
} as const

type CounterName = keyof typeof COUNTERS
type GaugeName = keyof typeof GAUGES

export function createMetrics(): Metrics {
  const counters = new Map<CounterName, Map<string, number>>()
  const gauges = new Map<GaugeName, () => Iterable<readonly [string, number]>>()
  return {
    add(name, labels, amount = 1) {
      let series = counters.get(name)
      if (series === undefined) {
        series = new Map()
        counters.set(name, series)
      }
      series.set(labels, (series.get(labels) ?? 0) + amount)
    },
    gauge(name, read) {
      gauges.set(name, read)
    },
    text() {
      const lines: string[] = []
      const series = (name: string, help: string, type: string, rows: Iterable<readonly [string, number]>) => {
        lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`)
        for (const [labels, value] of rows)
          lines.push(labels === '' ? `${name} ${value}` : `${name}{${labels}} ${value}`)
      }
      for (const [name, help] of Object.entries(COUNTERS)) {
        series(name, help, 'counter', counters.get(name as CounterName) ?? [])
      }
      for (const [name, help] of Object.entries(GAUGES)) {
        const read = gauges.get(name as GaugeName)
        if (read !== undefined) series(name, help, 'gauge', read())
      }
      return `${lines.join('\n')}\n`
    },
  }
}
