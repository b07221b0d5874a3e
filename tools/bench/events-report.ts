import { table } from '../support/document.ts'
import { type Arrivals, audit, latencies, overRounds, percentile, throughput } from './events-figures.ts'
import type { Load, Written } from './events-load.ts'

/** The measurements: the rounds of each path at each pace, and the arrivals. */
export interface EventsRun {
  title: string
  bare: { steady: Load[]; full: Load[] }
  path: { steady: Load[]; full: Load[] }
  queue: Arrivals
  consumer: Arrivals
  /** Events a second at the steady pace. */
  perSecond: number
}

const PERCENTILES = [50, 90, 99]
const BARE = 'bare `PutEvents`'

/** Builds the tables of docs/benchmarks.md. */
export function eventsReport(run: EventsRun): string {
  return [throughputTable(run), latencyTable(run), countTable(run)].join('\n\n')
}

/** Counts events that were expected and did not arrive: there must be none. */
export function lostEvents({ bare, path, queue, consumer }: EventsRun): number {
  const written = writtenIn(path)
  // An event that did not reach the queue did not reach the consumer either.
  const onPath = Math.max(audit(written, queue).lost, audit(written, consumer).lost)
  return audit(writtenIn(bare), queue).lost + onPath
}

function throughputTable({ title, bare, path, queue, consumer }: EventsRun): string {
  const of = (rounds: Load[], arrivals: Arrivals) => overRounds(rounds, (written) => throughput(written, arrivals))
  const [own, unit] = [of(path.full, queue), of(bare.full, queue)]
  return table(
    ['events a second, at full speed', 'at the queue', 'at the consumer'],
    [
      [BARE, unit.toFixed(0), ''],
      [title, own.toFixed(0), of(path.full, consumer).toFixed(0)],
      [`${title} / bare`, ratio(own, unit), ''],
    ],
  )
}

function latencyTable({ title, bare, path, queue, consumer, perSecond }: EventsRun): string {
  const row = (name: string, way: EventsRun['path'], msOf: (written: Written[]) => number[]) => ({
    name,
    values: [way.steady, way.full].flatMap((rounds) =>
      PERCENTILES.map((percent) => overRounds(rounds, (written) => percentile(msOf(written), percent))),
    ),
  })
  const answered = (written: Written[]) => written.map(({ startedAt, answeredAt }) => answeredAt - startedAt)
  const unit = row(`${BARE}: request to queue`, bare, (written) => latencies(written, 'startedAt', queue))
  const whole = row(`${title}: request to queue`, path, (written) => latencies(written, 'startedAt', queue))
  const others = [
    row(`${title}: request to answer`, path, answered),
    row(`${title}: answer to queue`, path, (written) => latencies(written, 'answeredAt', queue)),
    row(`${title}: answer to consumer`, path, (written) => latencies(written, 'answeredAt', consumer)),
  ]
  const cells = ({ name, values }: typeof unit) => [name, ...values.map(milliseconds)]
  const ratios = whole.values.map((value, column) => ratio(value, unit.values[column] ?? Number.NaN))
  const paces = [`${perSecond} a second`, 'full speed']
  return table(
    ['milliseconds', ...paces.flatMap((pace) => PERCENTILES.map((percent) => `${pace}: p${percent}`))],
    [cells(unit), cells(whole), [`${title} / bare`, ...ratios], ...others.map(cells)],
  )
}

function countTable({ title, bare, path, queue, consumer }: EventsRun): string {
  const row = (name: string, way: EventsRun['path'], arrivals: Arrivals) => {
    const { sent, received, lost, repeated, overtaken } = audit(writtenIn(way), arrivals)
    return [name, sent, received, lost, repeated, overtaken, failedIn(way)].map(String)
  }
  return table(
    ['events of all rounds', 'sent', 'received', 'lost', 'doubled', 'overtaken', 'failed requests'],
    [
      row(`${BARE}, at the queue`, bare, queue),
      row(`${title}, at the queue`, path, queue),
      row(`${title}, at the consumer`, path, consumer),
    ],
  )
}

function writtenIn({ steady, full }: EventsRun['path']): Written[] {
  return [...steady, ...full].flatMap(({ written }) => written)
}

function failedIn({ steady, full }: EventsRun['path']): number {
  return [...steady, ...full].reduce((sum, { failures }) => sum + failures.length, 0)
}

function milliseconds(value: number): string {
  return value.toFixed(value < 10 ? 1 : 0)
}

function ratio(value: number, unit: number): string {
  return `${(value / unit).toPrecision(2)} x`
}
