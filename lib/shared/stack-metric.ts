import { Aws } from 'aws-cdk-lib'
import { Metric } from 'aws-cdk-lib/aws-cloudwatch'

export interface StackMetricProps {
  /** As in `Stackyard/Orders`: what the functions of the system count under. */
  readonly namespace: string
  /** In the past tense, as in `OrderPaid`. */
  readonly name: string
  /** How a graph calls it. */
  readonly label: string
}

/**
 * The sum of what the functions of this stack count themselves. They count with the dimension `stack`, whose value they
 * find in `STACK_NAME`: without it, two copies of a stack in one account, or a fork beside the original, would add up.
 */
export function stackMetric({ namespace, name, label }: StackMetricProps): Metric {
  return new Metric({
    namespace,
    metricName: name,
    dimensionsMap: { stack: Aws.STACK_NAME },
    statistic: 'Sum',
    label,
  })
}
