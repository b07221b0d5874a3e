import type { ChartData } from '../shared/chart-data.ts'

/** A decision about one check. */
export interface Decision {
  /** Milliseconds since the beginning of the run. */
  at: number
  allowed: boolean
  /** True if a policy in shadow mode would have denied it. */
  wouldDeny: boolean
}

export interface PlotOptions {
  algorithm: string
  limit: number
  windowMs: number
  /** The distance of the places on the x axis, and the length of the whole, in milliseconds. */
  stepMs: number
  totalMs: number
}

/**
 * Plots the decisions of a run: how much was admitted in the window that ends at each moment, beside the limit, and how
 * many checks were denied since the moment before.
 */
export function plotDecisions(decisions: readonly Decision[], options: PlotOptions): ChartData {
  const { algorithm, limit, windowMs, stepMs, totalMs } = options
  const last = Math.max(0, ...decisions.map(({ at }) => at))
  const moments = Array.from({ length: Math.ceil(totalMs / stepMs) + 1 }, (_, index) => index * stepMs)
  const countAt = (moment: number, span: number, counts: (decision: Decision) => boolean) =>
    moment > last + stepMs
      ? null
      : decisions.filter((decision) => counts(decision) && decision.at <= moment && decision.at > moment - span).length
  const isDenied = ({ allowed, wouldDeny }: Decision) => !allowed || wouldDeny
  return {
    label: `${algorithm}: ${summary(decisions)}`,
    x: moments.map((moment) => moment / 1000),
    series: [
      {
        title: 'admitted in the last window',
        values: moments.map((moment) => countAt(moment, windowMs, ({ allowed }) => allowed)),
        tone: 'action',
        kind: 'steps',
      },
      {
        title: 'denied',
        values: moments.map((moment) => countAt(moment, stepMs, isDenied) || null),
        tone: 'bad',
        kind: 'points',
      },
      { title: `limit ${limit}`, values: moments.map(() => limit), tone: 'warn', kind: 'dashed' },
    ],
  }
}

/** Says how many checks were admitted, denied, and would have been. */
export function summary(decisions: readonly Decision[]): string {
  const denied = decisions.filter(({ allowed }) => !allowed).length
  const shadowed = decisions.filter(({ wouldDeny }) => wouldDeny).length
  const more = shadowed > 0 ? `, ${shadowed} of which the policy would deny if it were enforced` : ''
  return `${decisions.length - denied} admitted${more}, ${denied} denied`
}
