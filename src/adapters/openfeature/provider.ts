import {
  type EvaluationContext,
  type JsonValue,
  OpenFeatureEventEmitter,
  type Provider,
  ProviderEvents,
  ProviderFatalError,
  type TrackingEventDetails,
} from '@openfeature/server-sdk'
import type { Client } from '../../client/types.ts'
import type { Context, Evaluation } from '../../rules/flags.ts'
import { type Basis, detailsOf } from './details.ts'

/** What the provider takes of a client. */
export type ProviderClient = Pick<Client, 'evaluate' | 'ready' | 'on' | 'provenance' | 'close'>

export interface ProviderOptions {
  /** The attribute that OpenFeature's `targetingKey` fills; an attribute of that name in the context goes first. */
  readonly unit?: string
  /** Milliseconds that `initialize` waits for verified rules; default 10,000. */
  readonly readyTimeout?: number
  /** Told of every `track`; nothing is sent anywhere. */
  readonly track?: (event: string, context: EvaluationContext, details: TrackingEventDetails) => void
  /** Whether `onClose` closes the client too; default true. */
  readonly closeClient?: boolean
}

/** Where the verifier says that the root statement is wrong which the application itself carries. */
const PINNED = 'pinned root'

const isBoolean = (value: unknown) => typeof value === 'boolean'
const isString = (value: unknown) => typeof value === 'string'
const isNumber = (value: unknown) => typeof value === 'number'
const isStructure = (value: unknown) => typeof value === 'object'

/** An OpenFeature provider over a client. Answers come from memory: no promise here waits for anything. */
export function ensignProvider(client: ProviderClient, options: ProviderOptions = {}): Provider {
  const { unit = 'userId', readyTimeout, track, closeClient = true } = options
  const events = new OpenFeatureEventEmitter()
  let offs: readonly { [Symbol.dispose](): void }[] = []

  const ask = (key: string, context: EvaluationContext): Evaluation => client.evaluate(key, contextOf(context, unit))
  const basis = () => basisOf(client)

  return {
    metadata: { name: 'ensign' },
    runsOn: 'server',
    events,
    async initialize() {
      const result = await client.ready(readyTimeout === undefined ? {} : { timeout: readyTimeout })
      listen()
      if (result.ok) {
        if (result.status === 'stale') queueMicrotask(() => events.emit(ProviderEvents.Stale, messageOf(result.code)))
        return
      }
      const codes = result.problems.map(problem => problem.code)
      const message = `no verified rules: ${result.code ?? codes[0] ?? 'nothing was answered in time'}`
      // No later download can mend a root that the application itself pins wrongly.
      const fatal = result.problems.some(problem => problem.at?.startsWith(PINNED))
      throw fatal ? new ProviderFatalError(message) : new Error(message)
    },
    async onClose() {
      for (const off of offs) off[Symbol.dispose]()
      offs = []
      if (closeClient) await client.close()
    },
    resolveBooleanEvaluation: async (key, wanted, context) =>
      detailsOf(key, ask(key, context), wanted, isBoolean, basis()),
    resolveStringEvaluation: async (key, wanted, context) =>
      detailsOf(key, ask(key, context), wanted, isString, basis()),
    resolveNumberEvaluation: async (key, wanted, context) =>
      detailsOf(key, ask(key, context), wanted, isNumber, basis()),
    resolveObjectEvaluation: async <T extends JsonValue>(key: string, wanted: T, context: EvaluationContext) =>
      detailsOf(key, ask(key, context), wanted, isStructure, basis()),
    track: (event, context, details) => track?.(event, context, details),
  }

  function listen(): void {
    if (offs.length > 0) return
    offs = [
      client.on('change', ({ changed }) =>
        events.emit(ProviderEvents.ConfigurationChanged, { flagsChanged: [...changed] }),
      ),
      client.on('status', ({ status, code }) => {
        if (status === 'current') events.emit(ProviderEvents.Ready)
        else if (status === 'stale') events.emit(ProviderEvents.Stale, messageOf(code))
        else if (status === 'unverified') events.emit(ProviderEvents.Error, messageOf(code))
      }),
    ]
  }
}

function contextOf({ targetingKey, ...attributes }: EvaluationContext, unit: string): Context {
  return targetingKey === undefined || Object.hasOwn(attributes, unit)
    ? attributes
    : { ...attributes, [unit]: targetingKey }
}

function basisOf(client: ProviderClient): Basis {
  const { project, environment, status, inForce } = client.provenance()
  return {
    project,
    environment,
    release: inForce?.release,
    logIndex: inForce === null ? undefined : inForce.log.size - 1,
    stale: status === 'stale',
  }
}

function messageOf(code: string | undefined): { message?: string } {
  return code === undefined ? {} : { message: code }
}
