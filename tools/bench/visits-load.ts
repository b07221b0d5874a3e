import { table } from '../support/document.ts'
import { percentile } from './events-figures.ts'
import { median } from './measure.ts'
import type { Visit } from './visits-case.ts'

const CLIENTS = 8
const REQUEST_TIMEOUT_MS = 10_000
const PERCENTILES = [50, 90, 99]

/** The requests of visitors, and their URL. */
export type Target = Visit & { baseUrl: string }

/** The result of a round. */
export interface Round {
  perSecond: number
  /** Latencies in milliseconds. */
  latencies: number[]
  wrong: number
}

/** The rounds of one target. */
export interface Taken {
  subject: Target
  samples: Round[]
}

/** Lets each client send the next request as soon as it has its answer, until the time is up. */
export async function visit({ baseUrl, path, headers, status }: Target, forMs: number): Promise<Round> {
  const latencies: number[] = []
  let wrong = 0
  const start = performance.now()
  const client = async () => {
    while (performance.now() - start < forMs) {
      const begun = performance.now()
      const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS)
      const answer = await fetch(`${baseUrl}${path}`, { headers, signal, redirect: 'manual' })
      await answer.arrayBuffer()
      if (answer.status !== status) wrong += 1
      latencies.push(performance.now() - begun)
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
  return { perSecond: (latencies.length * 1000) / (performance.now() - start), latencies, wrong }
}

/** Builds the table; the first target, which does nothing, is the reference of all others. */
export function visitsTable(taken: Taken[]): string {
  const figures = taken.map(({ subject, samples }) => ({
    title: subject.title,
    perSecond: median(samples.map(({ perSecond }) => perSecond)),
    ms: PERCENTILES.map((percent) => median(samples.map(({ latencies }) => percentile(latencies, percent)))),
    wrong: samples.reduce((sum, sample) => sum + sample.wrong, 0),
  }))
  const unit = figures[0]
  const rows = figures.map(({ title, perSecond, ms, wrong }) => [
    title,
    perSecond.toFixed(0),
    `${(perSecond / (unit?.perSecond ?? Number.NaN)).toFixed(2)} x`,
    ...ms.map((value, index) => `${value.toFixed(1)} (${(value / (unit?.ms[index] ?? Number.NaN)).toFixed(2)} x)`),
    String(wrong),
  ])
  const header = [
    'visits of',
    'a second',
    'of nothing',
    ...PERCENTILES.map((percent) => `p${percent}, ms`),
    'wrong answers',
  ]
  return table(header, rows)
}
