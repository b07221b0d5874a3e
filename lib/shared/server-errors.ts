import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch'

/** An API whose failures are monitored. */
export interface WatchedApi {
  readonly api: HttpApi
  /**
   * Counts the 5xx answers that the API gives on purpose, such as a 503 that asks a program to retry later: they fire
   * no alarm, roll back no deployment, and use no error budget. Only answers that a function counts as such are
   * subtracted, so that no other failure can hide behind them.
   *
   * @default every 5xx is a failure
   */
  readonly postponed?: IMetric
}

/** A part of a formula, and its metrics. */
export interface Formula {
  readonly expression: string
  readonly usingMetrics: Record<string, IMetric>
}

/**
 * Counts the failures of an API. The count of postponed answers has no datapoint in a period without any, and no series
 * at all before the first: `FILL` may then have nothing to fill, and an alarm on such a difference would never fire.
 * `IF(a, b, a)` has a datapoint wherever `a` has one: `b`, 0 where `a` is counted and `b` is not, or `a`, which is 0
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html, "IF expressions"). The API's
 * own count is never filled, so an alarm's newest datapoint is never invented. A count that arrives late makes an alarm
 * fire too early, and never keeps one from firing.
 *
 * @param suffix of the ids, where formulas over several periods share a graph.
 */
export function serverErrors({ api, postponed }: WatchedApi, suffix = ''): Formula {
  const errors = `errors${suffix}`
  const usingMetrics = { [errors]: api.metricServerError({ statistic: 'Sum' }) }
  if (!postponed) return { expression: errors, usingMetrics }
  const onPurpose = `postponed${suffix}`
  return {
    expression: `(${errors} - IF(${errors}, ${onPurpose}, ${errors}))`,
    usingMetrics: { ...usingMetrics, [onPurpose]: postponed },
  }
}
