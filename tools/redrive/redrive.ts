import { parseArgs } from 'node:util'
import {
  CloudFormationClient,
  type CloudFormationClientConfig,
  GetTemplateCommand,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation'
import type { Message } from '@aws-sdk/client-sqs'
import { runningCloud } from '../local-cloud/running.ts'
import { deployedStacks } from '../local-cloud/stacks.ts'
import { clientConfig } from '../support/settings.ts'
import { UserError } from '../support/user-error.ts'
import { type DeadLetters, deadLettersOf, named } from './dead-letters.ts'
import { moveBack } from './move.ts'
import { type SdkMover, sdkMover } from './mover.ts'

const USAGE = 'npm run redrive -- <Stack>/<Queue> --dry-run'

/** A deployed dead-letter queue. */
export interface Deployed extends DeadLetters {
  mover: SdkMover
}

/**
 * `npm run redrive [-- <queue> [--dry-run] [--aws]]`: moves dead letters back to their origin; without a queue, lists
 * the dead-letter queues and their numbers of messages. Works on the local cloud, or with `--aws` on a stack on AWS,
 * with the SDK's default credentials.
 */
export async function redrive(args: string[]): Promise<void> {
  const { wanted, dryRun, aws } = parse(args)
  const all = await (aws ? onAws(wanted) : inLocalCloud())
  try {
    if (!wanted) return await list(all)
    const queue = choose(all, wanted)
    await (dryRun ? show(queue) : move(queue))
  } finally {
    for (const { mover } of all) mover.close()
  }
}

function parse(args: string[]): { wanted: string; dryRun: boolean; aws: boolean } {
  try {
    const options = { 'dry-run': { type: 'boolean' }, aws: { type: 'boolean' } } as const
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options })
    if (positionals.length > 1) throw new Error('Name one queue only.')
    return { wanted: positionals[0] ?? '', dryRun: values['dry-run'] ?? false, aws: values.aws ?? false }
  } catch (error) {
    throw new UserError(`${(error as Error).message} Usage: ${USAGE}`)
  }
}

async function inLocalCloud(): Promise<Deployed[]> {
  const cloud = await runningCloud()
  const stacks = await deployedStacks(cloud)
  const queues = await Promise.all(stacks.map(({ StackName = '' }) => queuesOf(StackName, clientConfig(cloud))))
  return queues.flat()
}

/** Requires the stack in the name, because an account may have many stacks that are not ours. */
async function onAws(wanted: string): Promise<Deployed[]> {
  const [stack = '', queue] = wanted.split('/')
  if (!queue) throw new UserError(`With --aws, name the stack too, as in ${USAGE} --aws`)
  try {
    return await queuesOf(stack, {})
  } catch (cause) {
    throw new UserError(`The stack ${stack} can't be read on AWS: ${(cause as Error).message}`, { cause })
  }
}

/** Finds the dead-letter queues of a deployed stack. Close their movers after use. */
export async function queuesOf(stack: string, config: CloudFormationClientConfig & object): Promise<Deployed[]> {
  const client = new CloudFormationClient(config)
  try {
    const { TemplateBody = '{}' } = await client.send(new GetTemplateCommand({ StackName: stack }))
    const physicalIds = new Map<string, string>()
    for await (const page of paginateListStackResources({ client }, { StackName: stack })) {
      for (const { LogicalResourceId = '', PhysicalResourceId = '' } of page.StackResourceSummaries ?? []) {
        physicalIds.set(LogicalResourceId, PhysicalResourceId)
      }
    }
    const idOf = (logicalId: string) => physicalIds.get(logicalId) ?? ''
    return deadLettersOf(stack, JSON.parse(TemplateBody)).map((queue) => {
      const { origin, logicalId } = queue
      const physicalId = idOf('queue' in origin ? origin.queue : origin.function)
      return { ...queue, mover: sdkMover({ config, queueUrl: idOf(logicalId), origin, physicalId }) }
    })
  } finally {
    client.destroy()
  }
}

function choose(all: readonly Deployed[], wanted: string): Deployed {
  const [first, ...others] = named(all, wanted)
  const names = (queues: readonly DeadLetters[]) => queues.map(({ name }) => name).join(', ')
  if (!first) {
    const known = all.length > 0 ? `the queues are ${names(all)}` : 'none is deployed'
    throw new UserError(`No dead-letter queue matches "${wanted}": ${known}.`)
  }
  if (others.length > 0) throw new UserError(`"${wanted}" matches ${names([first, ...others])}: use a longer name.`)
  return first
}

async function list(all: readonly Deployed[]): Promise<void> {
  if (all.length === 0) console.log('No dead-letter queue is deployed.')
  for (const { name, mover } of all) console.log(`${String(await mover.count()).padStart(6)}  ${name}`)
}

async function show({ name, mover }: Deployed): Promise<void> {
  const count = await mover.count()
  const messages = await mover.glance()
  const some = count > messages.length ? `; here are ${messages.length}` : ''
  console.log(`${name} has ${count} ${count === 1 ? 'dead letter' : 'dead letters'}${some}.`)
  for (const message of messages) {
    const plan = mover.plan(message)
    console.log(`\n${describe(message)}`)
    if (plan.kind === 'leave') console.log(`  stays: ${plan.reason}`)
  }
}

const GLANCE = 300

/** Formats its age, the reason for its failure if known, and the beginning of its body. */
function describe({ MessageId, Body = '', Attributes = {}, MessageAttributes = {} }: Message): string {
  const sent = new Date(Number(Attributes.SentTimestamp)).toISOString()
  const attributes = Object.entries(MessageAttributes).map(([key, { StringValue }]) => `  ${key}: ${StringValue}`)
  const body = Body.length > GLANCE ? `${Body.slice(0, GLANCE)}…` : Body
  return [`${sent}  ${MessageId}`, ...attributes, `  ${body}`].join('\n')
}

async function move({ name, mover }: Deployed): Promise<void> {
  const { moved, left, error } = await moveBack(mover)
  console.log(`${name}: ${moved} moved back, ${await mover.count()} there now.`)
  for (const { id, reason } of left) console.log(`  ${id} stays: ${reason}`)
  if (error) {
    throw new UserError(`Stopped early: ${(error as Error).message} The other messages are still in the queue.`)
  }
}
