import { globSync } from 'node:fs'
import { join } from 'node:path'
import { BENCH } from './cases.ts'

/** Sends a JSON request to the system's API with a token of the case's scope. Throws unless the answer is a 2xx. */
export type Ask = (method: string, path: string, body?: object) => Promise<unknown>

/** A system whose events are followed from the request to the consumer: `<system>/events.ts` exports `events`. */
export interface EventsCase {
  /** The stack, as in `Orders`, with an output `EventBusName`. */
  stack: string
  /** The title in the page's rows, as in `orders`. */
  title: string
  /** The source of its events, as in `stackyard.orders`. */
  source: string
  scope: string
  /** Creates a subject, which is its first event, and returns its name in events. */
  create: (ask: Ask) => Promise<string>
  /** Changes a subject, which is its next event. */
  change: (ask: Ask, subject: string) => Promise<void>
  /** The prefix of the consumer's logical ids. It takes both kinds of events through its queue. */
  consumer: { queue: string; logGroup: string }
}

/** Finds no case in a fork whose system has no such file. */
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
