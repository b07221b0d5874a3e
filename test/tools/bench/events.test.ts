import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventsCases } from '../../../tools/bench/events-case.ts'
import { audit, byEvent, latencies, overRounds, percentile, throughput } from '../../../tools/bench/events-figures.ts'
import {
  atFullSpeed,
  atRate,
  type Clock,
  type Load,
  type Write,
  type Written,
} from '../../../tools/bench/events-load.ts'
import { asArrivals, readLine } from '../../../tools/bench/events-log.ts'
import { type EventsRun, eventsReport, lostEvents } from '../../../tools/bench/events-report.ts'
import { bareWriter, pathWriter } from '../../../tools/bench/events-writers.ts'
import { fakeClock } from '../../support/fake-clock.ts'

/** A fake clock, and a system whose answers take this long. */
function slowSystem(answerMs: number) {
  const time = fakeClock(0)
  const sleep = (ms: number) => new Promise<void>((resolve) => void time.startTimer(resolve, ms))
  const clock: Clock = { now: time.now, sleep }
  const begun: [number, string | undefined][] = []
  let inFlight = 0
  const most = { inFlight: 0 }
  const write: Write = async (subject) => {
    begun.push([time.now(), subject])
    inFlight += 1
    most.inFlight = Math.max(most.inFlight, inFlight)
    const name = subject ?? `s${begun.length}`
    await sleep(answerMs)
    inFlight -= 1
    return name
  }
  return { time, clock, write, begun, most }
}

async function finished(load: Promise<Load>, advance: () => Promise<void>): Promise<Load> {
  await advance()
  return load
}

describe('load', () => {
  test('at a fixed rate, subjects start on time however long the answers take', async () => {
    const { time, clock, write, begun } = slowSystem(700)
    const running = atRate(write, { subjectsPerSecond: 4, forMs: 1000 }, clock)
    const { written } = await finished(running, () => time.advance(5000))
    const creations = begun.filter(([, subject]) => subject === undefined)
    expect(creations.map(([at]) => at)).toEqual([0, 250, 500, 750])
    expect(written).toHaveLength(8)
  })

  test('a subject is created and then changed, the change after the creation is answered', async () => {
    const { time, clock, write } = slowSystem(30)
    const running = atRate(write, { subjectsPerSecond: 1, forMs: 1000 }, clock)
    const { written, failures } = await finished(running, () => time.advance(1000))
    expect(written).toEqual([
      { subject: 's1', sequence: 1, startedAt: 0, answeredAt: 30 },
      { subject: 's1', sequence: 2, startedAt: 30, answeredAt: 60 },
    ])
    expect(failures).toEqual([])
  })

  test('at full speed each client has one request at a time, and starts no subject after the time is up', async () => {
    const { time, clock, write, most } = slowSystem(40)
    const running = atFullSpeed(write, { clients: 3, forMs: 100 }, clock)
    const { written } = await finished(running, () => time.advance(1000))
    expect(most.inFlight).toBe(3)
    expect(Math.max(...written.map(({ startedAt }) => startedAt))).toBe(120)
    expect(written).toHaveLength(3 * 4)
  })

  test('a failed request expects no event, and its subject is not used again', async () => {
    const { time, clock, write } = slowSystem(10)
    const refusal = new Error('429')
    const failing: Write = async (subject) => {
      const name = await write(subject)
      if (subject) throw refusal
      return name
    }
    const running = atFullSpeed(failing, { clients: 1, forMs: 30 }, clock)
    const { written, failures } = await finished(running, () => time.advance(1000))
    expect(written.map(({ sequence }) => sequence)).toEqual([1, 1])
    expect(failures).toEqual([refusal, refusal])
  })
})

describe('writers', () => {
  test('the path creates a subject by one request, and changes it by another', async () => {
    const asked: unknown[] = []
    const ask = async (...request: unknown[]) => {
      asked.push(request)
      return { name: 'a' }
    }
    const write = pathWriter(
      {
        stack: 'One',
        title: 'one',
        source: 'stackyard.one',
        scope: '',
        create: async (send) => ((await send('POST', '/things', {})) as { name: string }).name,
        change: async (send, subject) => void (await send('PATCH', `/things/${subject}`, {})),
        consumer: { queue: 'Q', logGroup: 'L' },
      },
      ask,
    )
    expect([await write(), await write('a')]).toEqual(['a', 'a'])
    expect(asked).toEqual([
      ['POST', '/things', {}],
      ['PATCH', '/things/a', {}],
    ])
  })

  test('a bare event resembles one of the system, with its own id and the next number of its subject', async () => {
    const put: [string, Record<string, unknown>][] = []
    const write = bareWriter(
      { put: async (source, detail) => void put.push([source, detail]) },
      { id: 'x', type: 'one.thing.created', subject: 'a', sequence: 7, data: { large: true } },
    )
    const subject = await write()
    expect(await write(subject)).toBe(subject)
    expect(put.map(([source, detail]) => [source, detail.subject, detail.sequence, detail.data])).toEqual([
      ['stackyard.bench', subject, 1, { large: true }],
      ['stackyard.bench', subject, 2, { large: true }],
    ])
    expect(new Set(['x', ...put.map(([, { id }]) => id)]).size).toBe(3)
  })

  test('bare events need an event of the system to copy', () => {
    expect(() => bareWriter({ put: async () => {} }, undefined)).toThrow('No event of the system arrived')
  })
})

const sent = (subject: string, sequence: number, startedAt = 0): Written => {
  return { subject, sequence, startedAt, answeredAt: startedAt + 10 }
}
const came = (subject: string, sequence: number, at: number) => ({
  id: `${subject}-${sequence}`,
  subject,
  sequence,
  at,
})

describe('figures', () => {
  test('a missing event is lost, and one that arrives three times counts as two duplicates', () => {
    const written = [sent('a', 1), sent('a', 2), sent('b', 1)]
    const arrivals = byEvent([came('a', 1, 1), came('a', 1, 5), came('a', 1, 9), came('a', 2, 20)])
    expect(audit(written, arrivals)).toEqual({ sent: 3, received: 2, lost: 1, repeated: 2, overtaken: 0 })
  })

  test('an event that arrives after the next one of its subject is overtaken, except in the same millisecond', () => {
    const written = ['a', 'b', 'c'].flatMap((subject) => [sent(subject, 1), sent(subject, 2)])
    const late = byEvent([
      ...[came('a', 2, 4), came('a', 1, 5)],
      ...[came('b', 2, 7), came('b', 1, 7)],
      ...[came('c', 1, 8), came('c', 2, 9), came('c', 1, 10)],
    ])
    expect(audit(written, late)).toMatchObject({ lost: 0, overtaken: 1 })
  })

  test('unexpected arrivals are ignored', () => {
    const arrivals = byEvent([came('a', 1, 5), came('warm-up', 1, 999)])
    expect(audit([sent('a', 1)], arrivals)).toMatchObject({ sent: 1, received: 1, repeated: 0 })
    expect(throughput([sent('a', 1)], arrivals)).toBe(200)
  })

  test('latency is measured from the start or the end of the request to the first arrival; lost events have none', () => {
    const written = [sent('a', 1, 100), sent('b', 1, 100), sent('c', 1, 100)]
    const arrivals = byEvent([came('a', 1, 150), came('a', 1, 140), came('b', 1, 105)])
    expect(latencies(written, 'startedAt', arrivals)).toEqual([40, 5])
    expect(latencies(written, 'answeredAt', arrivals)).toEqual([30, -5])
  })

  test('throughput counts the events that arrived, from the first request to the last arrival', () => {
    const written = [sent('a', 1, 1000), sent('b', 1, 1100), sent('c', 1, 1200)]
    expect(throughput(written, byEvent([came('a', 1, 1500), came('b', 1, 3000)]))).toBe(1)
  })

  test('a percentile is the smallest value that this percentage does not exceed', () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index)
    expect([50, 90, 99, 100].map((percent) => percentile(values, percent))).toEqual([50, 90, 99, 100])
    expect(percentile([7, 3], 50)).toBe(3)
    expect(percentile([7, 3], 99)).toBe(7)
    expect(percentile([], 50)).toBeNaN()
  })

  test('a figure over rounds is the median of the rounds', () => {
    const rounds = [1, 3, 2].map((count) => ({
      written: Array.from({ length: count }, () => sent('a', 1)),
      failures: [],
    }))
    expect(overRounds(rounds, ({ length }) => length)).toBe(2)
  })
})

describe('the consumer’s log', () => {
  const line = (fields: object) => JSON.stringify({ level: 'INFO', timestamp: '2026-01-01T00:00:01.050Z', ...fields })

  test('the start of a message’s handling is the time of its line minus its latency', () => {
    const [handled] = readLine(line({ message: 'message handled', event_id: 'e', latency_ms: 50 }))
    expect(handled).toEqual({ id: 'e', at: Date.UTC(2026, 0, 1, 0, 0, 1) })
  })

  test('lines about failures, about other things and by Lambda are no handled messages', () => {
    const lines = [line({ message: 'message failed', event_id: 'e', latency_ms: 5 }), line({ message: 'x' }), 'END x']
    expect(lines.flatMap(readLine)).toEqual([])
  })

  test('an event’s id is resolved to its subject and sequence; an unknown one is ignored', () => {
    const handled = [
      { id: 'a-1', at: 9 },
      { id: 'other', at: 9 },
    ]
    expect(asArrivals(handled, [came('a', 1, 5)])).toEqual([came('a', 1, 9)])
  })
})

describe('the report', () => {
  const load = (subject: string): Load[] => [{ written: [sent(subject, 1)], failures: [new Error('503')] }]
  const run: EventsRun = {
    title: 'one',
    bare: { steady: load('b1'), full: load('b2') },
    path: { steady: load('p1'), full: load('p2') },
    queue: byEvent([came('b1', 1, 2), came('b2', 1, 4), came('p1', 1, 20), came('p2', 1, 80)]),
    consumer: byEvent([came('p1', 1, 30), came('p2', 1, 100)]),
    perSecond: 20,
  }
  const rows = eventsReport(run)
    .split('\n')
    .filter((row) => !/^(\| ---|$)/.test(row))

  test('throughput and latency are listed with the bare ones, and as ratios to them', () => {
    expect(rows).toEqual(
      expect.arrayContaining([
        '| bare `PutEvents` | 250 |  |',
        '| one | 13 | 10 |',
        '| one / bare | 0.050 x |  |',
        '| bare `PutEvents`: request to queue | 2.0 | 2.0 | 2.0 | 4.0 | 4.0 | 4.0 |',
        '| one: request to queue | 20 | 20 | 20 | 80 | 80 | 80 |',
        '| one / bare | 10 x | 10 x | 10 x | 20 x | 20 x | 20 x |',
        '| one: request to answer | 10 | 10 | 10 | 10 | 10 | 10 |',
        '| one: answer to queue | 10 | 10 | 10 | 70 | 70 | 70 |',
        '| one: answer to consumer | 20 | 20 | 20 | 90 | 90 | 90 |',
      ]),
    )
  })

  test('sent and received events are summed over all rounds and paces', () => {
    expect(rows.slice(-3)).toEqual([
      '| bare `PutEvents`, at the queue | 2 | 2 | 0 | 0 | 0 | 2 |',
      '| one, at the queue | 2 | 2 | 0 | 0 | 0 | 2 |',
      '| one, at the consumer | 2 | 2 | 0 | 0 | 0 | 2 |',
    ])
  })

  test('an event that is missing in several places counts as lost once', () => {
    expect(lostEvents(run)).toBe(0)
    expect(lostEvents({ ...run, consumer: byEvent([came('p1', 1, 30)]) })).toBe(1)
    expect(lostEvents({ ...run, queue: byEvent([came('p1', 1, 20), came('p2', 1, 80), came('b1', 1, 2)]) })).toBe(1)
    expect(lostEvents({ ...run, queue: new Map() })).toBe(4)
    expect(lostEvents({ ...run, queue: new Map(), consumer: new Map() })).toBe(4)
  })
})

describe('cases', () => {
  const directory = mkdtempSync(join(tmpdir(), 'stackyard-bench-events-'))
  const write = (name: string, text: string) => {
    mkdirSync(join(directory, name, '..'), { recursive: true })
    writeFileSync(join(directory, name), text)
  }
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  test('cases are in the folders of their systems; a fork without any measures none', async () => {
    write('events.ts', '')
    write('one/other.ts', '')
    expect(await eventsCases(directory)).toEqual([])
    write('two/events.ts', "export const events = { stack: 'Two' }")
    expect(await eventsCases(directory)).toEqual([{ stack: 'Two' }])
  })

  test('a case with another export is reported by name', async () => {
    write('wrong/events.ts', 'export const warm = {}')
    await expect(eventsCases(directory)).rejects.toThrow(`${join(directory, 'wrong/events.ts')} exports no "events".`)
  })
})
