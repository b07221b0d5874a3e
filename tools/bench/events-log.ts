import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { clientConfig, type LocalCloud } from '../support/settings.ts'
import type { Arrival } from './events-bus.ts'

/** An event that a consumer handled, and the time when it finished. */
export interface Handled {
  /** The id of the event. */
  id: string
  /** The time when the consumer started, in milliseconds since the epoch. */
  at: number
}

/** Extracts the handled events from a consumer's log: `functions/shared/queue` writes a line for each. */
export async function handledEvents(cloud: LocalCloud, logGroupName: string): Promise<Handled[]> {
  const client = new CloudWatchLogsClient(clientConfig(cloud))
  const handled: Handled[] = []
  try {
    let nextToken: string | undefined
    do {
      const page = await client.send(new FilterLogEventsCommand({ logGroupName, nextToken }))
      for (const { message = '' } of page.events ?? []) handled.push(...readLine(message))
      nextToken = page.nextToken
    } while (nextToken)
  } finally {
    client.destroy()
  }
  return handled
}

/** Parses a line: one event, or none if it says something else. */
export function readLine(line: string): Handled[] {
  if (!line.startsWith('{"')) return []
  const { message, event_id: id, timestamp, latency_ms: latency } = JSON.parse(line)
  return message === 'message handled' ? [{ id, at: Date.parse(timestamp) - latency }] : []
}

/** Joins log and queue: the consumer's line only has the event's id, and the queue's copy says which event that is. */
export function asArrivals(handled: readonly Handled[], queued: readonly Arrival[]): Arrival[] {
  const known = new Map(queued.map((arrival) => [arrival.id, arrival]))
  return handled.flatMap(({ id, at }) => {
    const event = known.get(id)
    return event ? [{ ...event, at }] : []
  })
}
