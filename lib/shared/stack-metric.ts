import { Aws } from 'aws-cdk-lib'
import { Metric } from 'aws-cdk-lib/aws-cloudwatch'

export interface StackMetricProps {
  /** The namespace of the system's metrics, as in `Stackyard/Orders`. */
  readonly namespace: string
  /** The metric's name, in the past tense, as in `OrderPaid`. */
  readonly name: string
  /**
   * The label in a graph. An alarm has none: CDK would make a formula of it.
   *
   * @default the metric's name
   */
  readonly label?: string
}

/**
 * The sum of a metric that the functions of this stack emit. They use the dimension `stack`, whose value they find in
 * `STACK_NAME`: without it, two copies of a stack in one account, or a fork beside the original, would add up.
 */
export function stackMetric({ namespace, name, label }: StackMetricProps): Metric {
  return new Metric({
    namespace,
    metricName: name,
    dimensionsMap: { stack: Aws.STACK_NAME },
    statistic: 'Sum',
    ...(label !== undefined && { label }),
  })
}
