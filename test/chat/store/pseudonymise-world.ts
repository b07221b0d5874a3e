import { randomUUID } from 'node:crypto'
import { ScanCommand } from '@aws-sdk/client-dynamodb'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import type { PseudonymiseStep } from '../../../functions/chat/domain/pseudonym.ts'
import { SEND_RATE } from '../../../functions/chat/domain/send-rate.ts'
import { createLeaveRoom } from '../../../functions/chat/pseudonymise/leave-room.ts'
import { createPseudonymise, type PseudonymiseDeps } from '../../../functions/chat/pseudonymise/pseudonymise.ts'
import { react } from '../../../functions/chat/send/react.ts'
import { createPseudonymiseStore } from '../../../functions/chat/store/pseudonymise-store.ts'
import { createSocketStore } from '../../../functions/chat/store/socket-store.ts'
import { startTimer } from '../../../functions/shared/resilience/timer.ts'
import { newTenant } from '../../support/cloud.ts'
import { recordedTelemetry } from '../../support/telemetry.ts'
import { CAUSE } from '../cause.ts'
import { chatApi } from '../chat-api.ts'
import { noFiles } from '../no-files.ts'

const { signal } = new AbortController()
export const api = await chatApi()
export const options = { ...api.table, now: Date.now, random: Math.random, startTimer, newId: () => randomUUID() }
export const store = createPseudonymiseStore(options)
export const sockets = createSocketStore({ ...options, rate: SEND_RATE, loadFiles: noFiles })
const { logger } = recordedTelemetry().telemetry

/** The steps of pseudonymisings, with a queue and a clock in memory. */
export function pseudonymising(overrides: Partial<PseudonymiseDeps> = {}) {
  const queue: PseudonymiseStep[] = []
  const closed: string[] = []
  let ahead = 0
  const run = createPseudonymise({
    ...store,
    leaveRoom: createLeaveRoom(store),
    close: async (connectionId) => closed.push(connectionId),
    later: async (steps) => void queue.push(...steps),
    now: () => Date.now() + ahead,
    logger,
    ...overrides,
  })
  return {
    closed,
    /** Runs all steps, each again until it succeeds, and lets a minute pass before the last one comes back. */
    async complete(first: PseudonymiseStep): Promise<void> {
      queue.push(first)
      for (let step = queue.shift(); step; step = queue.shift()) {
        const outcome = await run({ ...step, cause: CAUSE }, signal).catch(() => undefined)
        if (outcome === undefined) queue.push(step)
        if (outcome === 'searching') ahead += 62_000
      }
    },
  }
}

/** Reads every item of a tenant that names a user in any way. */
export async function itemsNaming(tenant: string, user: string): Promise<object[]> {
  const input = { TableName: api.table.tableName, ConsistentRead: true }
  const { Items = [] } = await api.table.client.send(new ScanCommand(input), { signal })
  const texts = Items.map((item) => JSON.stringify(unmarshall(item)))
  return texts.filter((text) => text.includes(tenant) && text.includes(user)).map((text) => JSON.parse(text))
}

/** A tenant with a user who is named wherever a user can be, and who is connected. */
export async function livelyTenant() {
  const [tenant, user] = [newTenant(), `user-${randomUUID()}`]
  const call = api.tenantOf(tenant)
  const ok = async (who: string, line: string, body?: unknown) => {
    const { status, json } = await call(who, line, body === undefined ? {} : { body })
    if (status === undefined || status >= 300)
      throw new Error(`${line} was answered with ${status}: ${JSON.stringify(json)}`)
    return json
  }
  const say = (who: string, room: string, more: object = {}) =>
    ok(who, `POST /v1/rooms/${room}/messages`, { cid: randomUUID(), body: 'Hello', ...more })
  const group = async (owner: string): Promise<string> =>
    (await ok(owner, 'POST /v1/rooms', { kind: 'group', name: 'Tea' })).id
  const add = (who: string, path: string, role = 'member') => ok(who, `PUT /v1/rooms/${path}`, { role })

  const [own, left, banned, alone] = await Promise.all([group(user), group('ann'), group('ann'), group(user)])
  await add(user, `${own}/members/ann`)
  await add(user, `${own}/members/eve`, 'admin')
  await say('ann', own, { mentions: [user] })
  const { seq } = await say(user, own, { mentions: ['ann'] })
  const reaction = { tenant, room: own, user, target: seq, cid: 'react', emoji: '👍', remove: false, cause: CAUSE }
  await react(api.commit)(reaction, signal)
  await ok(user, `PUT /v1/rooms/${own}/bans/mallory`)
  await ok(user, `PUT /v1/rooms/${own}/notify`, { level: 'all' })
  await add('ann', `${left}/members/${user}`)
  await say(user, left)
  await ok(user, `DELETE /v1/rooms/${left}/members/${user}`)
  await ok('ann', `PUT /v1/rooms/${banned}/bans/${user}`)
  const { id: direct } = await ok(user, 'POST /v1/rooms', { kind: 'direct', with: 'ann' })
  await say(user, direct)
  await ok('dan', `PUT /v1/blocks/${user}`)
  await ok(user, 'PUT /v1/blocks/ann')
  const connection = { tenant, user, connectionId: randomUUID(), connectedAt: Date.now() }
  await sockets.put(connection, Date.now(), signal)
  await sockets.register(connection, [own, direct], signal)
  await sockets.setWatched(connection, [own], signal)
  await sockets.takeTyping({ tenant, room: own, user, now: Date.now(), everyMs: 3000 }, signal)
  const begin = () => call('boss', `DELETE /v1/users/${user}`)
  return { tenant, user, connection, own, left, direct, alone, seq, ok, say, call, begin }
}
