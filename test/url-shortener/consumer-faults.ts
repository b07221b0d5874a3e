import { setTimeout as delay } from 'node:timers/promises'
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda'
import { GetQueueAttributesCommand, type QueueAttributeName, SetQueueAttributesCommand } from '@aws-sdk/client-sqs'
import { sdkConfig } from '../support/cloud.ts'
import { physicalId, sqs } from './deployed.ts'

const lambda = new LambdaClient(sdkConfig)

const POLL_MS = 200
/** Seconds after which a failed message comes again, in place of those that are deployed. */
const SOON = '2'

/**
 * Lets calls of a deployed consumer fail while `work` runs, or until it calls `mend`. Failed messages come again after
 * two seconds meanwhile.
 *
 * @param consumer the beginnings of the logical ids of the function and of its queue.
 * @param operation of the fault injection, as in `dynamodb.PutItem`.
 */
export async function withFaults(
  consumer: { function: string; queue: string },
  operation: string,
  work: (mend: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const [FunctionName, QueueUrl] = await Promise.all([
    physicalId('AWS::Lambda::Function', consumer.function),
    physicalId('AWS::SQS::Queue', consumer.queue),
  ])
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))
  const attribute = async (name: QueueAttributeName) =>
    (await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [name] }))).Attributes?.[name] ?? ''
  const timeout = await attribute('VisibilityTimeout')
  const configure = async (variables: Record<string, string>) => {
    const Variables = { ...Environment?.Variables, ...variables }
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables } }))
    await waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: 60, minDelay: 1 }, { FunctionName })
  }
  const reappearAfter = (seconds: string) =>
    sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: seconds } }))
  const inFlight = async () => Number(await attribute('ApproximateNumberOfMessagesNotVisible'))
  let isMended = false
  const mend = async () => {
    if (!isMended) await configure({})
    isMended = true
  }
  try {
    // First, so that a message of another test that fails comes soon again, too.
    await reappearAfter(SOON)
    // A message keeps the timeout with which it was received: one that failed now would come again only after that, as
    // would one whose invocation the local cloud ends for the new configuration. Other tests may keep the queue busy:
    // after that time every message in flight was received with the new timeout.
    const end = Date.now() + Number(timeout) * 1000
    while ((await inFlight()) > 0 && Date.now() < end) await delay(POLL_MS)
    await configure({ FAULTS: JSON.stringify([{ operation, rate: 1, error: 'server' }]) })
    await work(mend)
  } finally {
    await mend()
    await reappearAfter(timeout)
  }
}
