import { MetricUnit, Metrics as PowertoolsMetrics } from '@aws-lambda-powertools/metrics'
import type { MetricUnit as Unit } from '@aws-lambda-powertools/metrics/types'
import { requiredEnv } from '../config/env.ts'

/** The metrics of Powertools for AWS Lambda, restricted to those that the function declared. */
export interface Metrics<Name extends string> extends Omit<PowertoolsMetrics, 'addMetric'> {
  addMetric(name: Name, unit: Unit, value: number): this
}

export interface MetricsOptions<Name extends string> {
  /** The namespace, such as `Stackyard/Orders`. */
  namespace: string
  /**
   * All metrics of the function, in the past tense (`LinkCreated`). Each is a series that costs $0.30 a month, and a
   * stack has at most 10 (`metric-series.template.test.ts`): don't count what events or the access log show already.
   */
  names: readonly Name[]
  /** The stack's name: the only dimension, so that two copies in one account are not added up. */
  stack: string
}

/** The pattern of metric names: fields of a line are in snake_case, so that no metric can overwrite one. */
const METRIC_NAME = /^[A-Z][A-Za-z]{1,99}$/

/**
 * Creates the metrics of one function: one series for each name and stack.
 *
 * @throws RangeError for a name that is not in PascalCase.
 */
export function createMetrics<Name extends string>({ namespace, names, stack }: MetricsOptions<Name>): Metrics<Name> {
  const wrong = names.find((name) => !METRIC_NAME.test(name))
  if (wrong !== undefined) throw new RangeError(`The metric "${wrong}" is not in PascalCase, as in LinkCreated.`)
  const metrics = new PowertoolsMetrics({ namespace })
  // Powertools starts with the dimension `service`, which would give each function a series of its own.
  metrics.clearDefaultDimensions()
  return metrics.setDefaultDimensions({ stack })
}

/**
 * Creates the metrics of one function of the stack that is named in `STACK_NAME`.
 *
 * @throws Error when the variable is missing, and what `createMetrics` throws.
 */
export function metricsOfEnvironment<Name extends string>(options: Omit<MetricsOptions<Name>, 'stack'>): Metrics<Name> {
  return createMetrics({ ...options, stack: requiredEnv('STACK_NAME') })
}

/** Returns a function that counts one, for code that needs nothing else of the metrics. */
export function counter<Name extends string>(metrics: Metrics<Name>): (name: Name) => void {
  return (name) => {
    metrics.addMetric(name, MetricUnit.Count, 1)
  }
}
