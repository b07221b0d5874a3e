import type fc from 'fast-check'
import { createIdempotencyStore, type IdempotencyStore } from '../../../../functions/shared/data/idempotency-store.ts'
import { jsonEvent, lambdaContext } from '../../../support/events.ts'
import { settle } from '../../../support/fake-clock.ts'
import { clientOf } from '../../../support/fake-dynamodb.ts'
import { claimsOf, TABLE, thingsFunction } from './environment.ts'
import { type FakeTable, fakeTable } from './fake-table.ts'
import {
  type Asked,
  type Ending,
  type History,
  IN_FLIGHT_MS,
  type Moment,
  type Run,
  type Sent,
  TIMEOUT_MS,
} from './history.ts'
import type { Scenario, Step } from './scenarios.ts'
import { type Fate, unreliableClient } from './unreliable-client.ts'

/** Makes a store a wrong one. */
export type Flaw = (store: IdempotencyStore) => IdempotencyStore

interface World {
  scheduler: fc.Scheduler
  flaw: Flaw
  fates: Fate[]
  endings: Ending[]
  table: FakeTable
  history: History
  clock: Moment
  /** Ends when the request has its answer or its process is gone. */
  calls: Promise<void>[]
}

/**
 * Runs a scenario, each request in an environment of its own and each call to the database arriving and returning when
 * the scheduler says so. Then every client goes on until it has an answer, with nothing more going wrong.
 */
export async function simulate(scheduler: fc.Scheduler, scenario: Scenario, flaw: Flaw): Promise<History> {
  const { steps, fates, endings } = scenario
  const world: World = {
    scheduler,
    flaw,
    fates: [...fates],
    endings: [...endings],
    table: fakeTable(),
    history: { sent: [], runs: [], effects: [] },
    clock: { order: 0, time: 1_800_000_000_000 },
    calls: [],
  }
  scheduler.scheduleSequence(
    steps.map((step) => ({ builder: async () => perform(world, step), label: JSON.stringify(step) })),
  )
  await drain(world)
  world.fates = []
  world.endings = []
  await finish(world)
  const { history, table } = world
  history.effects = table.items().flatMap(({ pk, sk }) => (sk?.S === 'thing' ? [String(pk?.S)] : []))
  return history
}

function perform(world: World, step: Step): void {
  const { clock, history, table } = world
  if (step.does === 'send') send(world, step.asked)
  else if (step.does === 'wait') clock.time += step.ms
  else if (step.does === 'sweep') table.sweep(clock.time)
  else {
    const underWay = history.sent.filter(({ answer, isDead }) => !answer && !isDead)
    const victim = underWay[step.which % underWay.length]
    if (victim) victim.isDead = true
  }
}

/** More than a lease that is doubled from a second has room for. */
const MAX_TRIES = 10

/** Each client sends its request once more, and again as often as it is told to wait. */
async function finish(world: World): Promise<void> {
  const { clock, history } = world
  const requests = new Map(history.sent.map(({ asked }) => [JSON.stringify(asked), asked]))
  for (const asked of requests.values()) {
    // Each time it waits as long again, to the end of the lease at most.
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const sent = send(world, asked)
      await drain(world)
      const seconds = Number(sent.answer?.headers['retry-after'])
      // Its last answer, or one of a store with a flaw that names no time.
      if (Number.isNaN(seconds)) break
      clock.time += 1000 * seconds
    }
  }
}

/** Works as the scheduler's `waitIdle`, in a quarter of its time. */
async function drain({ scheduler, calls }: World): Promise<void> {
  await settle()
  while (scheduler.count() > 0) {
    await scheduler.waitOne()
    await settle()
  }
  await Promise.all(calls)
}

function moment({ clock }: World): Moment {
  return { order: ++clock.order, time: clock.time }
}

function send(world: World, asked: Asked): Sent {
  const sent: Sent = { ...moment(world), asked, isDead: false, wasFaulty: false }
  world.history.sent.push(sent)
  const age = () => world.clock.time - sent.time
  const isDead = () => sent.isDead || age() >= TIMEOUT_MS
  const dynamodb = unreliableClient({
    dynamodb: world.table.dynamodb,
    scheduler: world.scheduler,
    nextFate: () => world.fates.shift() ?? 'works',
    isDead,
    isOutdated: () => age() >= IN_FLIGHT_MS,
    onFault: () => {
      sent.wasFaulty = true
    },
  })
  const handler = thingsFunction({
    route: asked.route,
    dynamodb,
    store: world.flaw(createIdempotencyStore({ client: clientOf(dynamodb), tableName: TABLE })),
    now: () => world.clock.time,
    newOperationId: () => `operation-${++world.clock.order}`,
    onRun: (operationId) => beginRun(world, { sent, operationId, began: moment(world) }, isDead),
    nextEnding: () => world.endings.shift() ?? 'made',
  })
  const answering = handler(eventOf(sent), lambdaContext()).then(({ statusCode = 0, headers = {}, body }) => {
    if (!isDead()) sent.answer = { ...moment(world), status: statusCode, headers, body }
  })
  world.calls.push(answering)
  return sent
}

function beginRun(world: World, run: Run, isDead: () => boolean): (ending: Ending) => void {
  world.history.runs.push(run)
  return (ending) => {
    if (!isDead()) run.ended = { ...moment(world), ending }
  }
}

function eventOf({ asked: { tenant, sub, route, key, body }, order }: Sent) {
  const headers = { 'idempotency-key': key }
  const event = jsonEvent({ routeKey: route, claims: claimsOf({ tenant, sub }), headers, json: { body } })
  return { ...event, requestContext: { ...event.requestContext, requestId: `request-${order}` } }
}
