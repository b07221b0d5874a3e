import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { clientConfig, type LocalCloud } from '../support/settings.ts'
import type { Arrival } from './events-bus.ts'

/** What a consumer had in its hands, and when it was done with it. */
export interface Handled {
  /** Of the event. */
  id: string
  /** When the consumer began, in milliseconds since the epoch. */
  at: number
}

/** Reads out of a consumer's log which events it has handled: `functions/shared/queue` writes a line of each. */
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

/** One, or none where the line tells something else. */
export function readLine(line: string): Handled[] {
  if (!line.startsWith('{"')) return []
  const { message, event_id: id, timestamp, latency_ms: latency } = JSON.parse(line)
  return message === 'message handled' ? [{ id, at: Date.parse(timestamp) - latency }] : []
}

/** The consumer's line has the event's id only: which event that is, is known from the queue beside it. */
export function asArrivals(handled: readonly Handled[], queued: readonly Arrival[]): Arrival[] {
  const known = new Map(queued.map((arrival) => [arrival.id, arrival]))
  return handled.flatMap(({ id, at }) => {
    const event = known.get(id)
    return event ? [{ ...event, at }] : []
  })
}
