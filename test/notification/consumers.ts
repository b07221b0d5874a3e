import {
  GetEventSourceMappingCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda'
import { stackResources } from '../../tools/local-cloud/stacks.ts'
import { localCloud } from '../../tools/support/settings.ts'
import { sdkConfig } from '../support/cloud.ts'
import { eventually } from '../support/eventually.ts'

const resources = await stackResources(localCloud(), 'Notification')

/** Returns the URL of a queue of the stack by the beginning of its logical id. */
export function queueUrl(id: string): string {
  const found = resources.find(({ type, logicalId }) => type === 'AWS::SQS::Queue' && logicalId.startsWith(id))
  if (!found) throw new Error(`There is no queue ${id}.`)
  return found.physicalId
}

/** Runs `work` while a function of the stack reads neither its queue nor its stream: others' messages wait as long. */
export async function without(name: string, work: () => Promise<void>): Promise<void> {
  const lambda = new LambdaClient(sdkConfig)
  const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand({}))
  const mapping = EventSourceMappings.find(({ FunctionArn }) => FunctionArn?.includes(`Notification-${name}Function`))
  if (!mapping) throw new Error(`${name} reads nothing.`)
  const { UUID } = mapping
  const set = async (Enabled: boolean) => {
    await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }))
    await eventually(async () => {
      const { State } = await lambda.send(new GetEventSourceMappingCommand({ UUID }))
      expect(State).toBe(Enabled ? 'Enabled' : 'Disabled')
    })
  }
  try {
    await set(false)
    await work()
  } finally {
    await set(true)
    lambda.destroy()
  }
}
