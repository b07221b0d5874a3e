import type { FilterLogEventsCommandOutput } from '@aws-sdk/client-cloudwatch-logs'
import type { RawLine } from './log-lines.ts'

/** Returns a page of a group's events, the oldest first, from a time in milliseconds since the epoch. */
export type ReadLogPage = (
  startTime: number,
  nextToken: string | undefined,
) => Promise<Pick<FilterLogEventsCommandOutput, 'events' | 'nextToken'>>

/**
 * The maximum size of a page:
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
 */
const PAGE = 10_000

/**
 * Reads all lines of a group since a time. MiniStack returns no token with a full page: the next one starts where it
 * ended.
 */
export async function readGroup(readPage: ReadLogPage, name: string, since: number): Promise<RawLine[]> {
  const lines = new Map<string, RawLine>()
  let [start, nextToken] = [since, undefined as string | undefined]
  for (;;) {
    const page = await readPage(start, nextToken)
    const events = page.events ?? []
    for (const { eventId, logStreamName: stream = '', timestamp = 0, message = '' } of events) {
      // MiniStack gives a function's lines no id.
      const id = eventId ?? `${stream} ${timestamp} ${message}`
      lines.set(id, { id, stream, timestamp, name, message: message.trimEnd() })
    }
    nextToken = page.nextToken
    if (nextToken) continue
    const end = events.at(-1)?.timestamp ?? start
    if (events.length < PAGE || end === start) return [...lines.values()]
    start = end
  }
}
