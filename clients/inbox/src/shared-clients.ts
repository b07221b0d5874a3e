import type { GetToken } from './http.ts'
import { createInboxClient, type InboxClient } from './inbox-client.ts'

/** The inbox that a component shows. Components that show the same one share a client. */
export interface InboxAddress {
  readonly url: string
  readonly webSocketUrl: string
  readonly user: string
}

export interface SharedClient {
  readonly client: InboxClient
  /** Lets go; the client is closed when nobody holds it any more. */
  readonly release: () => void
}

interface Entry {
  readonly client: InboxClient
  readonly holders: Set<GetToken>
}

const entries = new Map<string, Entry>()

/**
 * Returns the client of an inbox, which all components of the page share: one WebSocket, however many there are.
 *
 * @throws TypeError for URLs that can't be used.
 */
export function holdClient(address: InboxAddress, getToken: GetToken): SharedClient {
  const key = JSON.stringify([address.url, address.webSocketUrl, address.user])
  const entry = entries.get(key) ?? createEntry(key, address)
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

function createEntry(key: string, address: InboxAddress): Entry {
  const holders = new Set<GetToken>()
  const getToken = () => {
    const [newest] = [...holders].reverse()
    if (!newest) throw new Error('No component shows this inbox any more.')
    return newest()
  }
  const entry = { client: createInboxClient({ ...address, getToken }), holders }
  entries.set(key, entry)
  entry.client.start()
  return entry
}
