import type { GetToken } from './http.ts'
import { createInboxClient, type InboxClient, type InboxClientOptions } from './inbox-client.ts'

/** The inbox that a component shows. Components that show the same one share a client. */
export interface InboxAddress {
  readonly url: string
  readonly webSocketUrl: string
  readonly user: string
}

/** The ways to the service, for pages that don't use the browser's own. */
export type Network = Pick<InboxClientOptions, 'fetch' | 'WebSocket'>

export interface SharedClient {
  readonly client: InboxClient
  /** Lets go; the client is closed when nobody holds it any more. */
  readonly release: () => void
}

interface Entry {
  readonly client: InboxClient
  readonly holders: Set<GetToken>
}

const BROWSERS_OWN: Network = {}
const entriesOf = new WeakMap<Network, Map<string, Entry>>()

/**
 * Returns the client of an inbox, which all components of the page share: one WebSocket, however many there are.
 *
 * @throws TypeError for URLs that can't be used.
 */
export function holdClient(
  address: InboxAddress,
  { getToken, network = BROWSERS_OWN }: { getToken: GetToken; network: Network | undefined },
): SharedClient {
  const entries = entriesOf.get(network) ?? new Map<string, Entry>()
  entriesOf.set(network, entries)
  const key = JSON.stringify([address.url, address.webSocketUrl, address.user])
  const entry = entries.get(key) ?? createEntry({ ...address, ...network })
  entries.set(key, entry)
  const holder: GetToken = () => getToken()
  entry.holders.add(holder)
  return {
    client: entry.client,
    release() {
      entry.holders.delete(holder)
      // A component that is moved within the page is taken out and put back at once.
      queueMicrotask(() => {
        if (entry.holders.size > 0 || entries.get(key) !== entry) return
        entries.delete(key)
        entry.client.close()
      })
    },
  }
}

function createEntry(options: InboxAddress & Network): Entry {
  const holders = new Set<GetToken>()
  const getToken = () => {
    const [newest] = [...holders].reverse()
    if (!newest) throw new Error('No component shows this inbox any more.')
    return newest()
  }
  const entry = { client: createInboxClient({ ...options, getToken }), holders }
  entry.client.start()
  return entry
}
