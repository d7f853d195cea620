export { type EvaluationEventOptions, evaluationEvents } from './adapters/opentelemetry/evaluations.ts'
export { type ClientMetrics, clientMetrics } from './adapters/opentelemetry/metrics.ts'
