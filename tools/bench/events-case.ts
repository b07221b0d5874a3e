import { globSync } from 'node:fs'
import { join } from 'node:path'
import { BENCH } from './cases.ts'

/** Sends a JSON request to the system's API with a token of the case's scope. Anything but a 2xx answer is thrown. */
export type Ask = (method: string, path: string, body: object) => Promise<unknown>

/** A system whose events are followed from the request to the consumer: `<system>/events.ts` exports `events`. */
export interface EventsCase {
  /** As in `Orders`. Its output `EventBusName` says where its events are. */
  stack: string
  /** In the rows of the page, as in `orders`. */
  title: string
  /** Of its events, as in `stackyard.orders`. */
  source: string
  scope: string
  /** Makes a new subject, which is its first event, and gives its name in events. */
  create: (ask: Ask) => Promise<string>
  /** Changes a subject, which is its next event. */
  change: (ask: Ask, subject: string) => Promise<void>
  /** How the logical ids of the consumer begin, which takes both kinds of events by way of the queue. */
  consumer: { queue: string; logGroup: string }
}

/** A fork whose system has no such file measures no events. */
export async function eventsCases(directory = BENCH): Promise<EventsCase[]> {
  const cases: EventsCase[] = []
  for (const name of globSync('*/events.ts', { cwd: directory }).sort()) {
    const file = join(directory, name)
    const { events }: { events?: EventsCase } = await import(file)
    if (!events) throw new Error(`${file} exports no "events".`)
    cases.push(events)
  }
  return cases
}
