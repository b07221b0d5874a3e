import { table } from '../../support/document.ts'
import { BROWN_OUT, OFFERED, type Run, SECONDS, simulate, WAYS, type Way } from './simulate.ts'

/** The runs of the table; the plot shows the first. */
const SEEDS = [1, 2, 3, 4, 5]

/** Spans of the minute, in seconds. */
const SPANS = [
  { title: 'before', from: 0, to: BROWN_OUT.from },
  { title: 'while it is slow', from: BROWN_OUT.from, to: BROWN_OUT.to },
  { title: 'the ten seconds after', from: BROWN_OUT.to, to: BROWN_OUT.to + 10 },
  { title: 'the rest of the minute', from: BROWN_OUT.to + 10, to: SECONDS },
]

/** Returns the runs of each way, the first of which is plotted. */
export async function overloadRuns(): Promise<Map<Way, Run[]>> {
  const runs = new Map<Way, Run[]>()
  for (const way of WAYS) {
    const ofWay: Run[] = []
    for (const seed of SEEDS) ofWay.push(await simulate(way, seed))
    runs.set(way, ofWay)
  }
  return runs
}

/** A row for each way: requests that were answered in time, of those that came, and calls for each of them. */
export function overloadTable(runs: ReadonlyMap<Way, readonly Run[]>): string {
  const rows = [...runs].map(([way, ofWay]) => [
    way,
    ...SPANS.map(({ from, to }) => {
      const answered = mean(ofWay.map(({ good }) => sum(good.slice(from, to)))) / (OFFERED * (to - from))
      return `${Math.round(answered * 100)} %`
    }),
    (mean(ofWay.map(({ calls }) => sum(calls.slice(BROWN_OUT.from)))) / (OFFERED * (SECONDS - BROWN_OUT.from))).toFixed(
      2,
    ),
  ])
  return table(['answered in time', ...SPANS.map(({ title }) => title), 'calls a request, from then on'], rows)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length
}
