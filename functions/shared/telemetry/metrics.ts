import { isSecretName } from './redact.ts'

/**
 * CloudWatch metrics in the embedded metric format: counts that ride on a log line, so that they cost no call.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export interface Metrics<Name extends string> {
  /** Adds to a count of this invocation. */
  count: (name: Name, value?: number) => void
  /** What to put on a log line, and forget; empty when nothing was counted. */
  flush: () => Record<string, unknown>
}

export interface MetricsOptions<Name extends string> {
  /** As in `Stackyard/Orders`. */
  namespace: string
  /**
   * All metrics of the function, in the past tense (`LinkCreated`). Each is a series that costs $0.30 a month, and a
   * stack has 10 at most (`metric-series.template.test.ts`): what an event tells or the access log counts needs none.
   */
  names: readonly Name[]
  /** Milliseconds since the epoch. */
  now: () => number
}

/**
 * Counts of one function, without dimensions: a dimension's every value is another series.
 *
 * @throws Error for a name that redaction would take for a secret's, and its count out of the line.
 */
export function createMetrics<Name extends string>({ namespace, names, now }: MetricsOptions<Name>): Metrics<Name> {
  const secret = names.find(isSecretName)
  if (secret !== undefined) throw new Error(`The metric ${secret} would be redacted: name it otherwise.`)
  const counts = new Map<Name, number>()
  return {
    count(name, value = 1) {
      if (names.includes(name)) counts.set(name, (counts.get(name) ?? 0) + value)
    },
    flush() {
      if (counts.size === 0) return {}
      const metrics = [...counts.keys()].map((name) => ({ Name: name, Unit: 'Count' }))
      const line = {
        _aws: {
          Timestamp: now(),
          CloudWatchMetrics: [{ Namespace: namespace, Dimensions: [[]], Metrics: metrics }],
        },
        ...Object.fromEntries(counts),
      }
      counts.clear()
      return line
    },
  }
}
