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
export async function visit(target: Target, forMs: number): Promise<Round> {
  const latencies: number[] = []
  let wrong = 0
  const start = performance.now()
  const client = async () => {
    while (performance.now() - start < forMs) {
      const begun = performance.now()
      const answer = await send(target)
      latencies.push(performance.now() - begun)
      if (!isRight(target, answer)) wrong += 1
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
  return { perSecond: (latencies.length * 1000) / (performance.now() - start), latencies, wrong }
}

interface Answer {
  status: number
  text: string
}

/** Sends a request once, and reads its answer. */
export async function send({ baseUrl, path, method = 'GET', headers, body }: Target): Promise<Answer> {
  const signal = AbortSignal.timeout(REQUEST_TIMEOUT_MS)
  const init = { method, headers, signal, redirect: 'manual', ...(body && { body: body() }) } as const
  const answer = await fetch(`${baseUrl}${path}`, init)
  return { status: answer.status, text: await answer.text() }
}

export function isRight(target: Target, { status, text }: Answer): boolean {
  return status === target.status && (target.isRight?.(text) ?? true)
}

/**
 * Builds the table; the first target, which does nothing, is the reference of all others.
 *
 * @param title the head of the first column.
 */
export function visitsTable(taken: Taken[], title = 'visits of'): string {
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
  const header = [title, 'a second', 'of nothing', ...PERCENTILES.map((percent) => `p${percent}, ms`), 'wrong answers']
  return table(header, rows)
}
