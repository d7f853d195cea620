import type { Meter } from '@opentelemetry/api'
import type { Observation } from '../../client/observe.ts'
import type { Client, Provenance } from '../../client/types.ts'

export interface ClientMetrics {
  /** For `observe` of the client: counts evaluations by flag, variant and reason. */
  readonly observe: (observation: Observation) => void
  /** Begins to report the client's status and how old its rules are. The answer ends it. */
  watch(client: Pick<Client, 'provenance'>): () => void
}

const STATUSES = ['starting', 'current', 'stale', 'unverified', 'closed'] as const

/**
 * `ensign.evaluations` counts; `ensign.client.status` is 1 for the status that holds; `ensign.client.update_lag` is the
 * age in seconds of the newest signed word that these rules are current; `ensign.client.release` is the version in force.
 */
export function clientMetrics(meter: Meter, now: () => number = Date.now): ClientMetrics {
  const evaluations = meter.createCounter('ensign.evaluations', { description: 'Flag evaluations' })
  const status = meter.createObservableGauge('ensign.client.status', { description: '1 for the status that holds' })
  const lag = meter.createObservableGauge('ensign.client.update_lag', {
    description: 'Age of the newest signed head',
    unit: 's',
  })
  const release = meter.createObservableGauge('ensign.client.release', { description: 'Release version in force' })
  return {
    observe: ({ flag, variant, reason }) =>
      evaluations.add(1, {
        'feature_flag.key': flag,
        ...(variant === undefined ? {} : { 'feature_flag.result.variant': variant }),
        'ensign.reason': reason.toLowerCase(),
      }),
    watch(client) {
      const observables = [status, lag, release]
      const report: Parameters<Meter['addBatchObservableCallback']>[0] = result => {
        const provenance = client.provenance()
        const labels = labelsOf(provenance)
        for (const one of STATUSES)
          result.observe(status, one === provenance.status ? 1 : 0, { ...labels, status: one })
        if (provenance.inForce === null) return
        result.observe(lag, (now() - Date.parse(provenance.inForce.head.issued)) / 1000, labels)
        result.observe(release, provenance.inForce.release.version, labels)
      }
      meter.addBatchObservableCallback(report, observables)
      return () => meter.removeBatchObservableCallback(report, observables)
    },
  }
}

function labelsOf({ project, environment }: Provenance): Record<string, string> {
  return { 'ensign.project': project, 'ensign.environment': environment }
}
