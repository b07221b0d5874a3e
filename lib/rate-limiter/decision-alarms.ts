import { Duration } from 'aws-cdk-lib'
import { MathExpression, type Metric } from 'aws-cdk-lib/aws-cloudwatch'
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import type { Alarms } from '../shared/alarms.ts'
import type { StackGraph } from '../shared/observability.ts'
import { stackMetric } from '../shared/stack-metric.ts'

const PERIOD = Duration.minutes(5)
/** A busy service always has some degraded decisions: DynamoDB is slower than a short budget now and then. */
const DEGRADED = { atLeast: 10, percent: 1 }
/** An environment that can't report fails thirty times in five minutes, because it tries every ten seconds. */
const FAILED_REPORTS = 10
const REPORTS = { DenialReportsAlarm: 'DenialReportFailed', NearedReportsAlarm: 'NearedReportFailed' }

const counted = (name: string, label?: string): Metric =>
  stackMetric({ namespace: 'Stackyard/RateLimiter', name, ...(label && { label }) }).with({ period: PERIOD })

/** Watches what the check function counts. Returns the graphs of it. */
export function watchDecisions({ alarms, check }: { alarms: Alarms; check: LambdaFunction }): StackGraph[] {
  const { atLeast, percent } = DEGRADED
  alarms.add(check, 'DegradedAlarm', {
    metric: new MathExpression({
      expression: `IF(degraded >= ${atLeast}, 100 * degraded / checks, 0)`,
      usingMetrics: { degraded: counted('CheckDegraded'), checks: check.metricInvocations({ statistic: 'Sum' }) },
      period: PERIOD,
      label: 'degraded (%)',
    }),
    threshold: percent,
    description: 'The table did not decide checks in time, and onError of their policies did.',
    runbook: 'decisions-degraded',
  })
  for (const [id, name] of Object.entries(REPORTS)) {
    alarms.add(check, id, {
      metric: counted(name),
      threshold: FAILED_REPORTS,
      description: 'The check function could not hand over what it saw: events will be missing.',
      runbook: 'limit-reports-failed',
    })
  }
  const failed = [counted('DenialReportFailed', 'denials'), counted('NearedReportFailed', 'limits neared')]
  return [
    { title: 'Checks: denied', metrics: [counted('CheckDenied', 'denied'), counted('CheckWouldDeny', 'would deny')] },
    { title: 'Checks: decided by onError', metrics: [counted('CheckDegraded', 'degraded')] },
    { title: 'Checks: reports that failed', metrics: failed },
  ]
}
