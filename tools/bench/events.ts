import { signToken } from '../local-cloud/issuer.ts'
import type { Outputs, StackOutputs } from '../local-cloud/outputs.ts'
import { onOwnCloud } from '../local-cloud/own-cloud.ts'
import { type DeployedResource, stackResources } from '../local-cloud/stacks.ts'
import type { LocalCloud } from '../support/settings.ts'
import { UserError } from '../support/user-error.ts'
import { openBus } from './events-bus.ts'
import { type EventsCase, eventsCases } from './events-case.ts'
import { byEvent } from './events-figures.ts'
import { asArrivals, handledEvents } from './events-log.ts'
import { type EventsRun, eventsReport, lostEvents } from './events-report.ts'
import { PER_SECOND, takeRounds } from './events-rounds.ts'
import { askerOf, BARE_SOURCE, pathWriter } from './events-writers.ts'

/**
 * Follows events through each system that publishes some, and through the engine's bare `PutEvents` for comparison, in
 * turns, on a local cloud of its own.
 *
 * @returns the tables, and the number of lost events: there must be none.
 * @throws UserError when no system has events, or the machine is too busy.
 */
export async function measureEvents(): Promise<{ tables: string; lost: number }> {
  const cases = await eventsCases()
  if (cases.length === 0) throw new UserError('There are no events to measure: no system here publishes any.')
  const runs: EventsRun[] = []
  for (const each of cases) {
    const measure = (cloud: LocalCloud, outputs: Outputs) => measureCase(each, cloud, outputs.stacks[each.stack] ?? {})
    runs.push(await onOwnCloud({ auth: false, stacks: [each.stack] }, measure))
  }
  return {
    tables: runs.map(eventsReport).join('\n\n'),
    lost: runs.reduce((sum, run) => sum + lostEvents(run), 0),
  }
}

async function measureCase(measured: EventsCase, cloud: LocalCloud, outputs: StackOutputs): Promise<EventsRun> {
  const { stack, source, scope, consumer, title } = measured
  const { apiUrl, EventBusName: busName } = outputs
  if (!apiUrl || !busName) throw new Error(`${stack} has no API or no bus of its own.`)
  const resources = await stackResources(cloud, stack)
  const token = await signToken(cloud, { sub: 'bench', tenant: 'bench', scope })
  const bus = await openBus(cloud, busName, [source, BARE_SOURCE])
  try {
    const path = pathWriter(measured, askerOf(apiUrl, token))
    const consumerQueue = physicalId(resources, 'AWS::SQS::Queue', consumer.queue)
    const { arrivals, ...rounds } = await takeRounds({ path, bus, consumerQueue })
    const handled = await handledEvents(cloud, physicalId(resources, 'AWS::Logs::LogGroup', consumer.logGroup))
    return {
      title,
      ...rounds,
      queue: byEvent(arrivals),
      consumer: byEvent(asArrivals(handled, arrivals)),
      perSecond: PER_SECOND,
    }
  } finally {
    bus.close()
  }
}

/** Returns the physical id of the only resource of a type whose logical id starts like this. */
function physicalId(resources: readonly DeployedResource[], type: string, idStart: string): string {
  const found = resources.filter((resource) => resource.type === type && resource.logicalId.startsWith(idStart))
  if (found.length !== 1) throw new Error(`${found.length} resources match ${type} ${idStart}…, and one was expected.`)
  return found[0]?.physicalId ?? ''
}
