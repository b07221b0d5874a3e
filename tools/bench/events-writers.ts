import { randomUUID } from 'node:crypto'
import type { BenchBus } from './events-bus.ts'
import type { Ask, EventsCase } from './events-case.ts'
import { EVENTS_OF_A_SUBJECT, type Write } from './events-load.ts'

export const BARE_SOURCE = 'stackyard.bench'

const REQUEST_TIMEOUT_MS = 10_000

/** Writes events as a client of the system does: through its API. */
export function pathWriter({ create, change }: EventsCase, ask: Ask): Write {
  return async (subject) => {
    if (subject === undefined) return create(ask)
    await change(ask, subject)
    return subject
  }
}

/**
 * Puts events on the bus directly, one in each request.
 *
 * @param example an event of the system: the bare events are as large.
 */
export function bareWriter({ put }: Pick<BenchBus, 'put'>, example: object | undefined): Write {
  if (!example) throw new Error('No event of the system arrived to copy.')
  return async (known) => {
    const subject = known ?? randomUUID()
    const sequence = known === undefined ? 1 : EVENTS_OF_A_SUBJECT
    await put(BARE_SOURCE, { ...example, type: 'bench.event.put', id: randomUUID(), subject, sequence })
    return subject
  }
}

/** A client of an API. */
export function askerOf(apiUrl: string, token: string): Ask {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return async (method, path, body) => {
    const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS)
    const response = await fetch(`${apiUrl}${path}`, { method, headers, signal, body: JSON.stringify(body) })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path} got ${response.status}: ${text.slice(0, 200)}`)
    return JSON.parse(text)
  }
}
