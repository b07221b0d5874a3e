import type { Clock, RandomBytes } from '../../shared/clock.ts'
import { createBreakerStore } from '../../shared/data/breaker-store.ts'
import type { Table } from '../../shared/data/table.ts'
import type { Cause } from '../../shared/events/event.ts'
import type { OutboxEntry } from '../../shared/events/outbox-entry.ts'
import type { FleetState } from '../../shared/resilience/fleet-breaker.ts'
import type { SettleOptions } from '../../shared/resilience/settle.ts'
import { continueTrace, formatTraceparent } from '../../shared/telemetry/trace.ts'
import { isOfProvider } from '../providers/breaker-name.ts'
import type { EndpointHealth } from '../webhooks/send-webhook.ts'
import type { ProviderStore } from '../worker-providers.ts'
import { createDocumentStore } from './documents.ts'
import { createReadEndpoint } from './endpoints.ts'

export interface ProviderStoreOptions extends Table, SettleOptions {
  now: Clock
  newId: () => string
  randomBytes: RandomBytes
}

/** Creates all that providers read and write. */
export function createProviderStore(options: ProviderStoreOptions): ProviderStore {
  const { now, newId } = options
  const documents = createDocumentStore(options)
  const readEndpoint = createReadEndpoint(options)
  const newCause = () => causeOf(options)
  return {
    readEndpoint,
    health: lazyHealth(options),
    // Few endpoints are ever disabled.
    async disableEndpoint(endpoint, reason, signal) {
      const { createDisableEndpoint } = await import('./disable-endpoint.ts')
      await createDisableEndpoint({ ...options, read: readEndpoint, newCause })(endpoint, reason, signal)
    },
    breakers: createBreakerStore({
      ...options,
      newOperationId: newId,
      entryOf: (change) => breakerEntry(change, { ...newCause(), time: new Date(now()).toISOString() }),
    }),
    async isTest(tenant, signal) {
      const settings = await documents.read<{ mode?: string }>({ tenant, kind: 'settings' }, signal)
      return settings?.value.mode === 'test'
    },
  }
}

/** Loads the record of endpoints' failures with the first webhook. */
function lazyHealth(table: Table): EndpointHealth {
  const load = async () => (await import('./webhook-health.ts')).createEndpointHealth(table)
  return {
    readFailingSince: async (...asked) => (await load()).readFailingSince(...asked),
    recordFailure: async (...asked) => (await load()).recordFailure(...asked),
    recordSuccess: async (...asked) => (await load()).recordSuccess(...asked),
  }
}

/** Returns the cause of what no single request caused. */
function causeOf({ newId, randomBytes }: ProviderStoreOptions): Cause {
  const traceparent = formatTraceparent(continueTrace({}, randomBytes))
  return { correlationId: newId(), causationId: null, traceparent }
}

interface BreakerChange {
  readonly name: string
  readonly from: FleetState
  readonly to: FleetState
  readonly operationId: string
}

/** Makes the event of a provider whose circuit opened, or closed; a probe and a webhook have none. */
export function breakerEntry(
  { name, from, to, operationId }: BreakerChange,
  common: Cause & Pick<OutboxEntry, 'time'>,
): OutboxEntry | undefined {
  if (!isOfProvider(name)) return undefined
  const hasOpened = from.kind === 'closed' && to.kind === 'open'
  if (!hasOpened && to.kind !== 'closed') return undefined
  return { ...common, operationId, type: `notification.provider.${hasOpened ? 'opened' : 'closed'}` }
}
