import type { Clock, RandomBytes } from '../../shared/clock.ts'
import { createBreakerStore } from '../../shared/data/breaker-store.ts'
import type { Table } from '../../shared/data/table.ts'
import type { Cause } from '../../shared/events/event.ts'
import type { OutboxEntry } from '../../shared/events/outbox-entry.ts'
import type { FleetState } from '../../shared/resilience/fleet-breaker.ts'
import { continueTrace, formatTraceparent } from '../../shared/telemetry/trace.ts'
import { isOfProvider } from '../providers/breaker-name.ts'
import type { ProviderStore } from '../worker-providers.ts'
import { createDisableEndpoint } from './disable-endpoint.ts'
import { createDocumentStore } from './documents.ts'
import { createReadEndpoint } from './endpoints.ts'
import { createEndpointHealth } from './webhook-health.ts'

export interface ProviderStoreOptions extends Table {
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
    health: createEndpointHealth(options),
    disableEndpoint: createDisableEndpoint({ ...options, read: readEndpoint, newCause }),
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
