import { stacksWith } from '../../support/templates.ts'

/** Returns the batches and the concurrency with which a function of a stack consumes its queue. */
export function consumerOf(stack: string, functionName: string): { batchSize: number; maxConcurrency: number } {
  const { template } = stacksWith({}).find(({ id }) => id === stack) ?? {}
  const mappings = Object.values(template?.findResources('AWS::Lambda::EventSourceMapping') ?? {})
  const [found] = mappings.filter(({ Properties: { FunctionName, ScalingConfig } }) => {
    return ScalingConfig && JSON.stringify(FunctionName).includes(`"${functionName}`)
  })
  if (!found) throw new Error(`${functionName} of ${stack} consumes no queue.`)
  const { BatchSize, ScalingConfig } = found.Properties
  return { batchSize: BatchSize, maxConcurrency: ScalingConfig.MaximumConcurrency }
}
