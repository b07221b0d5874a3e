import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { clientConfig, type LocalCloud } from '../support/settings.ts'
import { UserError } from '../support/user-error.ts'
import { inOrder, type LogLine } from './log-lines.ts'
import { type ReadLogPage, readGroup } from './log-pages.ts'
import { runningCloud } from './running.ts'
import { allResources } from './stacks.ts'
import { traceFormatter } from './trace-lines.ts'

const POLL_MS = 500
/** The time range of the first read. */
const WINDOW_MS = 60 * 60 * 1000
/** The overlap of later reads, for lines that are ingested late. */
const OVERLAP_MS = 10_000

/**
 * `npm run logs [-- <function>|--trace <id>] [--follow]`: prints the last hour's lines of all functions of the deployed
 * stacks, or of those whose `<Stack>/<function>` contains the given text; with an id, all lines that belong to it.
 * Lines are in the order in which they were written.
 */
export async function logs(args: string[]): Promise<void> {
  const { name: wanted, trace, follow } = parse(args)
  const cloud = await runningCloud()
  const groups = (await logGroups(cloud)).filter((group) => group.name.toLowerCase().includes(wanted.toLowerCase()))
  if (groups.length === 0) throw new UserError(`No deployed function has "${wanted}" in its name.`)
  const client = new CloudWatchLogsClient(clientConfig(cloud))
  const format = trace ? traceFormatter(trace, Math.max(...groups.map((group) => group.name.length))) : asItIs
  /** Timestamps of printed lines by id. */
  const seen = new Map<string, number>()
  let since = Date.now() - WINDOW_MS
  do {
    const lines = await Promise.all(
      groups.map((group) => readGroup(pageReader(client, group), group.name, since)),
    ).catch((error) => {
      throw isUnreachable(error) ? new UserError(`The local cloud at ${cloud.endpoint} no longer answers.`) : error
    })
    const fresh = lines.flat().filter(({ id }) => !seen.has(id))
    let newest = 0
    for (const { id, timestamp } of fresh) {
      seen.set(id, timestamp)
      newest = Math.max(newest, timestamp)
    }
    for (const line of inOrder(fresh)) {
      const text = format(line)
      if (text !== undefined) console.log(text)
    }
    since = Math.max(since, newest - OVERLAP_MS)
    for (const [id, timestamp] of seen) if (timestamp < since) seen.delete(id)
    if (follow) await delay(POLL_MS)
  } while (follow)
}

function asItIs({ time, name, message }: LogLine): string {
  return `${new Date(time).toISOString()}  ${name}  ${message}`
}

function parse(args: string[]): { name: string; trace: string; follow: boolean } {
  try {
    const options = { trace: { type: 'string' }, follow: { type: 'boolean' } } as const
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options })
    return { name: positionals[0] ?? '', trace: values.trace ?? '', follow: values.follow ?? false }
  } catch (error) {
    throw new UserError(`${(error as Error).message} Usage: npm run logs -- Redirect --follow`)
  }
}

/** Recognises a system error, such as `ECONNREFUSED`: errors that an endpoint answers have no such code. */
function isUnreachable(error: unknown): boolean {
  return /^E[A-Z]+$/.test((error as NodeJS.ErrnoException).code ?? '')
}

/** The log of a deployed function. */
export interface LogGroup {
  /** Shortens a name such as `Orders/ApiFunction4F1A8025`. */
  name: string
  group: string
}

export async function logGroups(cloud: LocalCloud): Promise<LogGroup[]> {
  const client = new LambdaClient(clientConfig(cloud))
  const functions = await allResources(cloud, 'AWS::Lambda::Function')
  return Promise.all(
    functions.map(async ({ stack, logicalId, physicalId }) => {
      const { LoggingConfig } = await client.send(new GetFunctionConfigurationCommand({ FunctionName: physicalId }))
      return { name: `${stack}/${shortName(logicalId)}`, group: LoggingConfig?.LogGroup ?? `/aws/lambda/${physicalId}` }
    }),
  )
}

/** Shortens the logical id of a function: the CDK ends it with 8 hexadecimal digits, which are noise to a reader. */
export function shortName(logicalId: string): string {
  return logicalId.replace(/(Function)?[0-9A-F]{8}$/, '')
}

export function pageReader(client: CloudWatchLogsClient, { group }: LogGroup): ReadLogPage {
  return (startTime, nextToken) =>
    client.send(new FilterLogEventsCommand({ logGroupName: group, startTime, nextToken }))
}
