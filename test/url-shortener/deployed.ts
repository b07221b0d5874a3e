import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { LINK_MEMORY_MS } from '../../functions/url-shortener/visit/resolve-link.ts'
import { type ReadLogPage, readGroup } from '../../tools/local-cloud/log-pages.ts'
import { stackResources } from '../../tools/local-cloud/stacks.ts'
import { localCloud } from '../../tools/support/settings.ts'
import { listenTo } from '../support/bus.ts'
import { sdkConfig } from '../support/cloud.ts'
import { steadily } from '../support/eventually.ts'

const STACK = 'UrlShortener'
export const sqs = new SQSClient(sdkConfig)
const logs = new CloudWatchLogsClient(sdkConfig)

/**
 * Repeats a check of visits until it holds in every environment. Each caches a link for 3 s, so that one may still
 * respond with an older state after another one has shown the new one. The visits of the check must use up nothing: a
 * cap counts each.
 */
export function everywhere<Value>(claim: () => Promise<Value>): Promise<Value> {
  return steadily(claim, { forMs: LINK_MEMORY_MS })
}

/** Returns the physical name of the only resource of a type whose logical id starts with the given text. */
export async function physicalId(type: string, idStart: string): Promise<string> {
  const found = (await stackResources(localCloud(), STACK)).filter(
    (resource) => resource.type === type && resource.logicalId.startsWith(idStart),
  )
  if (found.length !== 1) throw new Error(`There is not one ${type} ${idStart}, but ${found.length}.`)
  return found[0]?.physicalId ?? ''
}

/** Subscribes a queue to all events of the deployed bus, as another system would. `stop` removes it. */
export const listen = () => listenTo({ stack: STACK, source: 'stackyard.url-shortener' })

/** Returns the log lines of the last hour of all functions that contain an id, in the order of their times. */
// biome-ignore lint/suspicious/noExplicitAny: a test asserts what is in a line.
export async function linesWith(text: string): Promise<any[]> {
  const groups = (await stackResources(localCloud(), STACK)).filter(({ type }) => type === 'AWS::Logs::LogGroup')
  const linesOf = (logGroupName: string) => {
    const asked = { logGroupName, filterPattern: `"${text}"` }
    const readPage: ReadLogPage = (startTime, nextToken) =>
      logs.send(new FilterLogEventsCommand({ ...asked, startTime, nextToken }))
    return readGroup(readPage, logGroupName, Date.now() - 3_600_000)
  }
  const lines = (await Promise.all(groups.map(({ physicalId }) => linesOf(physicalId)))).flat()
  return lines
    .filter(({ message }) => message.includes(text) && message.startsWith('{'))
    .map(({ message }) => JSON.parse(message))
    .sort((a, b) => (a.timestamp < b.timestamp ? -1 : 1))
}

/** Returns the number of messages in a queue. */
export async function countOf(queue: string): Promise<number> {
  const AttributeNames = ['ApproximateNumberOfMessages' as const]
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: queue, AttributeNames }))
  return Number(Attributes?.ApproximateNumberOfMessages)
}
