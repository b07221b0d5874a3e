import { join } from 'node:path'
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { FunctionState, Inventory, QueueState } from '../../console/shared/wire.ts'
import { readTemplate } from '../local-cloud/assembly.ts'
import { shortName } from '../local-cloud/logs.ts'
import { type DeployedResource, deployedStacks, stackResources } from '../local-cloud/stacks.ts'
import type { Template } from '../local-cloud/template.ts'
import { deadLettersOf, nameOf } from '../redrive/dead-letters.ts'
import { clientConfig, type LocalCloud } from '../support/settings.ts'
import { faultsIn } from './faults.ts'
import { operationsOf } from './operations.ts'

/** Reads what is deployed to the local cloud. */
export interface InventoryReader {
  read: () => Promise<Inventory>
  queues: () => Promise<QueueState[]>
}

interface Queue extends Omit<QueueState, 'depth'> {
  url: string
}

const COUNTS = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const

export function inventoryReader(cloud: LocalCloud): InventoryReader {
  const lambda = new LambdaClient(clientConfig(cloud))
  // The URLs name localhost, which may resolve to ::1, where nothing listens.
  const sqs = new SQSClient({ ...clientConfig(cloud), useQueueUrlAsEndpoint: false })

  const stateOf = async (resource: DeployedResource, operations: string[]): Promise<FunctionState> => {
    const { stack, logicalId, physicalId: functionName } = resource
    const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: functionName }))
    const faults = faultsIn(Environment?.Variables)
    return { stack, name: shortName(logicalId), functionName, operations, faults }
  }
  const depthOf = async ({ url, ...queue }: Queue): Promise<QueueState> => {
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...COUNTS] }),
    )
    return { ...queue, depth: COUNTS.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0) }
  }
  const stacks = async () =>
    Promise.all(
      (await deployedStacks(cloud)).map(async ({ StackName = '' }) => ({
        template: readTemplate(join(cloud.directory, 'cdk.out'), StackName),
        resources: await stackResources(cloud, StackName),
      })),
    )
  const queues = async (): Promise<QueueState[]> => Promise.all((await stacks()).flatMap(queuesOf).map(depthOf))
  return {
    queues,
    async read() {
      const functions = (await stacks()).flatMap(({ template, resources }) => {
        const operations = operationsOf(template)
        return ofType(resources, 'AWS::Lambda::Function')
          .filter(({ logicalId }) => template.Resources[logicalId]?.Properties?.Handler === 'index.handler')
          .map((resource) => stateOf(resource, operations.get(resource.logicalId) ?? []))
      })
      return { functions: await Promise.all(functions), queues: await queues() }
    },
  }
}

/** Lists the queues of a stack, with those for dead letters after the others. */
function queuesOf({ template, resources }: { template: Template; resources: DeployedResource[] }): Queue[] {
  const queues = ofType(resources, 'AWS::SQS::Queue').map(({ stack, logicalId, physicalId }): Queue => {
    const isForDeadLetters = deadLettersOf(stack, template).some((each) => each.logicalId === logicalId)
    const name = nameOf(stack, logicalId, template).slice(stack.length + 1)
    return { stack, name, isForDeadLetters, url: physicalId }
  })
  return queues.sort((a, b) => Number(a.isForDeadLetters) - Number(b.isForDeadLetters))
}

function ofType(resources: readonly DeployedResource[], type: string): DeployedResource[] {
  return resources.filter((resource) => resource.type === type)
}
