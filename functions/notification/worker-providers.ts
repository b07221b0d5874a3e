import type { Clock, Random } from '../shared/clock.ts'
import type { UrlRules } from '../shared/outbound/check-url.ts'
import type { Limit } from '../shared/rate-limit/policy.ts'
import { type FleetBreakerStore, fleetBreaker } from '../shared/resilience/fleet-breaker.ts'
import type { StartTimer } from '../shared/resilience/timer.ts'
import { failureRate } from '../shared/resilience/trip-rule.ts'
import type { Logger } from '../shared/telemetry/logger.ts'
import { DEFAULT_ENDPOINT } from './deliver/targets.ts'
import type { ReadEndpoint } from './domain/person.ts'
import type { Provider, Providers } from './domain/provider.ts'
import { lazyProvider } from './lazy-provider.ts'
import { createOutbox, type KeepMessage } from './outbox/outbox.ts'
import { createTakeBudget, type ProviderRates } from './providers/budget.ts'
import { createSendThrough } from './providers/send-through.ts'
import { type SendReceipt, type SimulatorDeps, withSimulator } from './providers/simulator.ts'
import type { DisableEndpoint, EndpointHealth } from './webhooks/send-webhook.ts'

/** All that the providers read and write: `createProviderStore` makes it. */
export interface ProviderStore {
  readEndpoint: ReadEndpoint
  health: EndpointHealth
  disableEndpoint: DisableEndpoint
  breakers: FleetBreakerStore
  isTest: SimulatorDeps['isTest']
}

export interface WorkerProvidersOptions {
  store: ProviderStore
  /** Keeps what is not sent; in prod nobody could read it. */
  keep: KeepMessage
  hasOutbox: boolean
  /** The providers that the app was deployed with, a primary before its backup. */
  configured: readonly Provider[]
  rates: ProviderRates
  limit: Limit
  urlRules: UrlRules
  sendReceipt: SendReceipt
  logger: Logger
  now: Clock
  random: Random
  startTimer: StartTimer
}

/** The time for which an open circuit spares a provider, and the one after which a probe is certainly over. */
const BREAKER_TIMES = { openMs: 30_000, probeMs: 30_000 }

/** Channels whose messages the outbox keeps in development, if no provider is set up for them. */
const KEPT = ['email', 'sms', 'push'] as const

/** Creates the providers of a worker: those that are set up, webhooks, the outbox, and before them the simulator. */
export function createWorkerProviders(options: WorkerProvidersOptions): Providers {
  const { store, configured, hasOutbox, limit, rates, logger, now } = options
  const onFailure = (error: unknown) => logger.error('provider failed', { error })
  // The rest of the name of a webhook's breaker is its endpoint and host, which callers choose: no log may have them.
  const loggable = (breaker: string) => ({ provider: breaker.split('/')[0] })
  const outbox = (channel: Provider['channel']) => createOutbox(channel, options)
  const missing = KEPT.filter((channel) => !configured.some((one) => one.channel === channel))
  const webhook = lazyProvider({ name: 'webhook', channel: 'webhook', role: 'primary', idempotent: true }, async () => {
    const { createWebhooks } = await import('./webhook-provider.ts')
    const { readEndpoint, health, disableEndpoint: disable } = store
    const deps = { readEndpoint, health, disable, withoutEndpoint: DEFAULT_ENDPOINT, onFailure, now }
    return createWebhooks({ ...deps, rules: options.urlRules, startTimer: options.startTimer })
  })
  const sendThrough = createSendThrough({
    providers: [...configured, ...(hasOutbox ? missing.map(outbox) : []), webhook],
    breaker: fleetBreaker({
      store: store.breakers,
      ...BREAKER_TIMES,
      now,
      tripRule: failureRate({ windowSize: 10, minCalls: 5, rate: 0.8 }),
      onEvent: ({ type, name }) => logger.warn(`circuit ${type}`, loggable(name)),
      onFailure: (name, error) => logger.error('circuit unknown', { ...loggable(name), error }),
    }),
    takeBudget: createTakeBudget({ limit, rates }),
    disableGone: (endpoint, signal) => store.disableEndpoint(endpoint, 'gone', signal),
    onFailure,
  })
  const { isTest } = store
  const keep: SimulatorDeps['keep'] = (message, signal) =>
    hasOutbox ? outbox(message.channel).send(message, signal) : Promise.resolve(KEPT_NOWHERE)
  return withSimulator(sendThrough, { keep, sendReceipt: options.sendReceipt, isTest })
}

const KEPT_NOWHERE = { outcome: 'delivered', providerId: null } as const
