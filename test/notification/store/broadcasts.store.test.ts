import { randomUUID } from 'node:crypto'
import { GetItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb'
import type { Broadcast, BroadcastId } from '../../../functions/notification/domain/broadcast.ts'
import type { Status } from '../../../functions/notification/domain/status.ts'
import {
  createAdvance,
  createContinue,
  createReadBroadcast,
  createReadMessage,
  createReadProgress,
  createStopBroadcast,
  createStoreBroadcast,
  outcomeCount,
} from '../../../functions/notification/store/broadcasts.ts'
import { broadcastKey } from '../../../functions/notification/store/keys.ts'
import {
  createEndSubscription,
  createNextVersion,
  createReadSubscribers,
  createStartSubscription,
} from '../../../functions/notification/store/subscribers.ts'
import { publishMessage } from '../../../functions/notification/topics/publish.ts'
import {
  createRunBroadcast,
  type NotifySubscriber,
  type RunBroadcastDeps,
} from '../../../functions/notification/topics/run-broadcast.ts'
import { changeSubscriptions } from '../../../functions/notification/topics/subscribe.ts'
import { startTimer } from '../../../functions/shared/resilience/timer.ts'
import { newTenant, patientDynamoDB, setFunctionEnvironment } from '../../support/cloud.ts'
import { fakeClock } from '../../support/fake-clock.ts'
import { ownTable } from '../../support/own-table.ts'

const { signal } = new AbortController()
const CAUSE = {
  correlationId: 'c-1',
  causationId: null,
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
}
const topic = 'news'
/** A number that an attribute can't hold. */
const MESSAGE = { text: 'Hello', data: { tiny: 1e-200 } }

async function topics() {
  setFunctionEnvironment()
  const table = { client: patientDynamoDB(), tableName: await ownTable() }
  const options = { ...table, now: Date.now, random: Math.random, startTimer, newId: randomUUID }
  const nextVersion = createNextVersion(table)
  const storeBroadcast = createStoreBroadcast<typeof MESSAGE>({ ...table, newId: randomUUID })
  const publish = publishMessage({ nextVersion, storeBroadcast, now: Date.now })
  const { subscribe, unsubscribe } = changeSubscriptions({
    nextVersion,
    startSubscription: createStartSubscription(options),
    endSubscription: createEndSubscription(options),
    now: Date.now,
  })
  const stores = {
    readBroadcast: createReadBroadcast(table),
    readSubscribers: createReadSubscribers(table),
    advance: createAdvance({ ...table, newId: randomUUID }),
    continueLater: createContinue(table),
  }
  return {
    table,
    ...stores,
    subscribe: (tenant: string, user: string) => subscribe({ tenant, topic, user }, signal),
    unsubscribe: (tenant: string, user: string) => unsubscribe({ tenant, topic, user }, signal),
    readProgress: createReadProgress(options),
    stop: createStopBroadcast(table),
    async turnOf(id: BroadcastId) {
      const Key = { pk: { S: broadcastKey(id).pk }, sk: { S: broadcastKey(id).sk } }
      const asked = new GetItemCommand({ TableName: table.tableName, Key, ConsistentRead: true })
      return Number((await table.client.send(asked, { signal })).Item?.turn?.N)
    },
    readMessage: createReadMessage<typeof MESSAGE>(table),
    publishAs: (id: BroadcastId) =>
      publish({ ...id, topic, message: MESSAGE, priority: 'normal', lastDueAt: Date.now(), cause: CAUSE }, signal),
    async publish(tenant: string) {
      const id = { tenant, id: randomUUID() }
      await publish({ ...id, topic, message: MESSAGE, priority: 'normal', lastDueAt: Date.now(), cause: CAUSE }, signal)
      return id
    },
    worker: (notifySubscriber: NotifySubscriber, given: Partial<RunBroadcastDeps> = {}) =>
      createRunBroadcast({ ...stores, prepare: async () => notifySubscriber, now: Date.now, startTimer, ...given }),
  }
}

const inAMinute = () => Date.now() + 60_000
const users = (count: number) => Array.from({ length: count }, (_, index) => `user-${String(index).padStart(3, '0')}`)

describe('a broadcast', () => {
  let under: Awaited<ReturnType<typeof topics>>

  beforeAll(async () => {
    under = await topics()
  })

  it('reaches each subscriber of the moment of its publication, and nobody else', async () => {
    const tenant = newTenant()
    for (const user of ['ann', 'bob', 'cid', 'dan']) await under.subscribe(tenant, user)
    await under.unsubscribe(tenant, 'ann')
    const id = await under.publish(tenant)
    await under.unsubscribe(tenant, 'bob')
    await under.unsubscribe(tenant, 'cid')
    await under.subscribe(tenant, 'cid')
    await under.subscribe(tenant, 'eve')
    const reached: string[] = []

    await under.worker(async (user) => {
      reached.push(user)
      return 'accepted'
    })(id, inAMinute(), signal)

    expect(reached.sort()).toEqual(['bob', 'cid', 'dan'])
    await expect(under.readProgress(id, signal)).resolves.toEqual({
      status: 'done',
      total: 3,
      queued: 3,
      done: 0,
      failed: 0,
    })
  })

  it('counts each subscriber once when two workers run, and one of them dies in the middle', async () => {
    const tenant = newTenant()
    const subscribers = users(60)
    for (const user of subscribers) await under.subscribe(tenant, user)
    const id = await under.publish(tenant)
    const reached = new Set<string>()
    const notify: NotifySubscriber = async (user) => {
      reached.add(user)
      return user.endsWith('7') ? 'refused' : 'accepted'
    }
    let calls = 0
    const dying = under.worker(async (user, inner) => {
      calls += 1
      if (calls === 40) throw new Error('killed')
      return notify(user, inner)
    })

    await Promise.allSettled([dying(id, inAMinute(), signal), under.worker(notify)(id, inAMinute(), signal)])
    await under.worker(notify)(id, inAMinute(), signal)

    expect([...reached].sort()).toEqual(subscribers)
    await expect(under.readProgress(id, signal)).resolves.toEqual({
      status: 'done',
      total: 60,
      queued: 54,
      done: 0,
      failed: 6,
    })
  })

  it('stops after the step that is under way, whose notifications count', async () => {
    const tenant = newTenant()
    for (const user of users(40)) await under.subscribe(tenant, user)
    const id = await under.publish(tenant)
    let stopped: Promise<string> | undefined

    await under.worker(async () => {
      stopped ??= under.stop(id, signal)
      await stopped
      return 'accepted'
    })(id, inAMinute(), signal)

    await expect(stopped).resolves.toBe('stopped')
    await expect(under.stop(id, signal)).resolves.toBe('stopped')
    await expect(under.readProgress(id, signal)).resolves.toMatchObject({ status: 'stopped', total: 40, queued: 25 })
  })

  it('counts a step of two workers once, also the only one of a broadcast that was stopped meanwhile', async () => {
    const id = await under.publish(newTenant())
    const advance = async (broadcast: Broadcast | undefined, queued: number) =>
      broadcast && under.advance(broadcast, { counted: 0, queued, refused: 0, after: null }, signal)
    await advance(await under.readBroadcast(id, signal), 0)
    const begun = await under.readBroadcast(id, signal)
    await under.stop(id, signal)
    await expect(advance(begun, 1)).resolves.toBe('advanced')
    await expect(advance(begun, 1)).resolves.toBe('overtaken')
    await expect(under.readProgress(id, signal)).resolves.toMatchObject({ status: 'stopped', queued: 1 })
  })

  it('ends within ten seconds of its stop, even if a subscriber’s write hangs', async () => {
    const tenant = newTenant()
    await under.subscribe(tenant, 'ann')
    const id = await under.publish(tenant)
    const clock = fakeClock()
    const begun = Promise.withResolvers<void>()
    const hanging = under.worker(
      (_, inner) => {
        begun.resolve()
        return new Promise((_, reject) => inner.addEventListener('abort', () => reject(inner.reason)))
      },
      { startTimer: clock.startTimer },
    )
    const rejected = expect(hanging(id, inAMinute(), signal)).rejects.toMatchObject({ code: 'timed-out' })
    await begun.promise
    await clock.advance(10_000)
    await rejected
  })

  it('is stored once: a repeat of its publication doesn’t begin it again', async () => {
    const tenant = newTenant()
    await under.subscribe(tenant, 'ann')
    const id = await under.publish(tenant)
    await under.worker(async () => 'accepted')(id, inAMinute(), signal)
    await under.publishAs(id)
    await expect(under.readProgress(id, signal)).resolves.toMatchObject({ status: 'done', total: 1, queued: 1 })
    await expect(under.readMessage(id, signal)).resolves.toEqual(MESSAGE)
  })

  it('can’t be stopped when it is done, and none can be stopped that doesn’t exist', async () => {
    const tenant = newTenant()
    const id = await under.publish(tenant)
    await under.worker(async () => 'accepted')(id, inAMinute(), signal)
    await expect(under.stop(id, signal)).resolves.toBe('done')
    await expect(under.stop({ tenant, id: 'none' }, signal)).resolves.toBe('not-found')
    await expect(under.stop({ tenant: newTenant(), id: id.id }, signal)).resolves.toBe('not-found')
  })

  it('asks for another worker when its time is up, and goes on there', async () => {
    const tenant = newTenant()
    await under.subscribe(tenant, 'ann')
    const id = await under.publish(tenant)
    const before = await under.readBroadcast(id, signal)
    await under.worker(async () => 'accepted')(id, Date.now() - 1, signal)
    const after = await under.readBroadcast(id, signal)
    expect(after).toEqual(before)
    await expect(under.turnOf(id)).resolves.toBe(2)
  })

  it('counts what became of its notifications, also one that fails after its delivery', async () => {
    const tenant = newTenant()
    const id = await under.publish(tenant)
    const move = async (notification: string, from: Status, to: Status) => {
      const item = outcomeCount(under.table, {
        tenant,
        id: notification,
        broadcastId: id.id,
        from,
        to,
        now: Date.now(),
      })
      if (item) await under.table.client.send(new TransactWriteItemsCommand({ TransactItems: [item] }), { signal })
    }
    await move('n-1', 'sending', 'delivered')
    await move('n-1', 'delivered', 'failed')
    await move('n-2', 'queued', 'suppressed')
    await move('n-3', 'queued', 'sending')
    await expect(under.readProgress(id, signal)).resolves.toMatchObject({ done: 1, failed: 1 })
  })
})

describe('a subscription', () => {
  it('is one, however often it is started, and can be ended again', async () => {
    const under = await topics()
    const tenant = newTenant()
    await expect(under.subscribe(tenant, 'ann')).resolves.toBe('changed')
    await expect(under.subscribe(tenant, 'ann')).resolves.toBe('unchanged')
    await expect(under.unsubscribe(tenant, 'ann')).resolves.toBe('changed')
    await expect(under.unsubscribe(tenant, 'ann')).resolves.toBe('unchanged')
    await expect(under.unsubscribe(tenant, 'bob')).resolves.toBe('unchanged')
    const { subscribers } = await under.readSubscribers({ tenant, topic, after: null, limit: 10 }, signal)
    expect(subscribers.map(({ user, left }) => ({ user, isMember: left === null }))).toEqual([
      { user: 'ann', isMember: false },
    ])
  })
})
