import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2'
import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch'

/** An API whose failures are watched. */
export interface WatchedApi {
  readonly api: HttpApi
  /**
   * Counts the 5xx answers that the API gives on purpose, as a 503 by which a program is told to come again later: they
   * ring no alarm, roll back no deployment, and cost nothing of the error budget. Only what a function counts together
   * with such an answer is taken off, so that no other failure can hide behind it.
   *
   * @default every 5xx is a failure
   */
  readonly postponed?: IMetric
}

/** A part of a formula, and the metrics in it. */
export interface Formula {
  readonly expression: string
  readonly usingMetrics: Record<string, IMetric>
}

/**
 * Counts how often an API failed. What is postponed has no datapoint in a period without any, and no series at all before
 * the first: `FILL` may find nothing to fill then, and an alarm on such a difference would never ring. `IF(a, b, a)` has
 * a datapoint wherever `a` has one: `b`, 0 where `a` is counted and `b` is not, or `a`, which is 0
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html, "IF expressions"). The API's own
 * count is never filled, so that an alarm's newest datapoint is never made up. A count that comes late lets an alarm ring
 * too early, and keeps none from ringing.
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
