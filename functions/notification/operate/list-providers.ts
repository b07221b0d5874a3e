import type { FleetBreakerStore, FleetState } from '../../shared/resilience/fleet-breaker.ts'
import type { Channel } from '../domain/channel.ts'

/** A provider that the app was deployed with. */
export interface DeployedProvider {
  readonly name: string
  readonly channel: Channel
  readonly role: 'primary' | 'backup'
}

export interface ProviderState extends DeployedProvider {
  readonly breaker: FleetState['kind']
}

export type ListProviders = (signal: AbortSignal) => Promise<ProviderState[]>

/** Lists the providers with the states of their breakers, which all workers share. */
export function listProviders({
  providers,
  breakers,
}: {
  providers: readonly DeployedProvider[]
  breakers: Pick<FleetBreakerStore, 'read'>
}): ListProviders {
  return async (signal) => {
    const names = [...new Set(providers.map(({ name }) => name))]
    const states = await Promise.all(names.map((name) => breakers.read(name, signal)))
    const kinds = new Map(names.map((name, index) => [name, states[index]?.kind]))
    return providers.map((provider) => ({ ...provider, breaker: kinds.get(provider.name) ?? 'closed' }))
  }
}
