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
 * How often an API failed. The count of what is postponed has no datapoint in a period without any, and is filled with
 * 0 there; the API's own never is, so that an alarm's newest datapoint is never made up. A count that comes late lets an
 * alarm ring too early, and keeps none from ringing.
 *
 * @param suffix of the ids, where formulas over several periods share a graph.
 */
export function serverErrors({ api, postponed }: WatchedApi, suffix = ''): Formula {
  const errors = `errors${suffix}`
  const usingMetrics = { [errors]: api.metricServerError({ statistic: 'Sum' }) }
  if (!postponed) return { expression: errors, usingMetrics }
  const onPurpose = `postponed${suffix}`
  return {
    expression: `(${errors} - FILL(${onPurpose}, 0))`,
    usingMetrics: { ...usingMetrics, [onPurpose]: postponed },
  }
}
