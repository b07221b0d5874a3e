import { MetricUnit, Metrics as PowertoolsMetrics } from '@aws-lambda-powertools/metrics'
import type { MetricUnit as Unit } from '@aws-lambda-powertools/metrics/types'

/** The metrics of Powertools for AWS Lambda, which count what the function declared, and nothing else. */
export interface Metrics<Name extends string> extends Omit<PowertoolsMetrics, 'addMetric'> {
  addMetric(name: Name, unit: Unit, value: number): this
}

export interface MetricsOptions<Name extends string> {
  /** As in `Stackyard/Orders`. */
  namespace: string
  /**
   * All metrics of the function, in the past tense (`LinkCreated`). Each is a series that costs $0.30 a month, and a
   * stack has 10 at most (`metric-series.template.test.ts`): what an event tells or the access log counts needs none.
   */
  names: readonly Name[]
  /** The stack's name: the only dimension, so that two copies in one account are not added up. */
  stack: string
}

/** Fields of a line are in snake_case, so that no metric takes the place of one. */
const METRIC_NAME = /^[A-Z][A-Za-z]{1,99}$/

/**
 * Counts of one function: one series for each name and stack.
 *
 * @throws RangeError for a name that is not in PascalCase.
 */
export function createMetrics<Name extends string>({ namespace, names, stack }: MetricsOptions<Name>): Metrics<Name> {
  const wrong = names.find((name) => !METRIC_NAME.test(name))
  if (wrong !== undefined) throw new RangeError(`The metric "${wrong}" is not in PascalCase, as in LinkCreated.`)
  const metrics = new PowertoolsMetrics({ namespace })
  // Powertools begins with the dimension `service`, by which each function would have a series of its own.
  metrics.clearDefaultDimensions()
  return metrics.setDefaultDimensions({ stack })
}

/** Counts one at a time, for code that needs no more of the metrics than that. */
export function counter<Name extends string>(metrics: Metrics<Name>): (name: Name) => void {
  return (name) => {
    metrics.addMetric(name, MetricUnit.Count, 1)
  }
}
