import { type QueueHandlerOptions, queueHandler } from '../shared/queue/queue-handler.ts'
import type { Runtime } from '../shared/runtime.ts'
import type { BroadcastTurn } from './domain/broadcast.ts'
import type { Message } from './send/message.ts'
import { derivedId, type SendToManyStore, sendToMany } from './send-to-many.ts'
import { readBroadcastTurn } from './topics/broadcast-turn.ts'
import {
  createRunBroadcast,
  type PrepareBroadcast,
  type ReadMessage,
  type RunBroadcastDeps,
} from './topics/run-broadcast.ts'

/** All that the worker reads and writes: `createBroadcastStore` makes it. */
export interface BroadcastStore
  extends SendToManyStore,
    Pick<RunBroadcastDeps, 'readBroadcast' | 'readSubscribers' | 'advance' | 'continueLater'> {
  readMessage: ReadMessage<Message>
}

export interface BroadcastWorkerOptions
  extends Pick<Runtime, 'now' | 'startTimer' | 'telemetry'>,
    Pick<QueueHandlerOptions<BroadcastTurn>, 'setAside' | 'metrics'> {
  store: BroadcastStore
}

/** The time after which a message begins no other step of its broadcast: the next message does. */
const SLICE_MS = 12_000
/** The time of one message: a slice, and the step that was begun at its end. */
const MESSAGE_MS = 25_000

/** Creates the Lambda function that notifies the subscribers of broadcasts. */
export function broadcastWorker({ store, now, startTimer, telemetry, setAside, metrics }: BroadcastWorkerOptions) {
  const run = createRunBroadcast({ ...store, prepare: prepareBroadcast({ store, now }), now, startTimer })
  return queueHandler<BroadcastTurn>({
    ...telemetry,
    read: readBroadcastTurn,
    causedBy: ({ id, cause }) => ({ ...cause, id }),
    async handle(id, { signal }) {
      await run(id, now() + SLICE_MS, signal)
      return undefined
    },
    setAside,
    metrics,
    messageMs: MESSAGE_MS,
  })
}

/** Creates what reads what the notifications of a broadcast share, and then notifies each subscriber. */
export function prepareBroadcast({ store, now }: Pick<BroadcastWorkerOptions, 'store' | 'now'>): PrepareBroadcast {
  const prepare = sendToMany({ store, now })
  return async ({ tenant, id: broadcastId, cause }, signal) => {
    const message = await store.readMessage({ tenant, id: broadcastId }, signal)
    if (!message) throw new Error('A broadcast has no message')
    const send = await prepare(message, signal)
    return async (userId, inner) => {
      const request = { ...message, to: { userId }, broadcastId, cause }
      const id = derivedId('broadcast', tenant, broadcastId, userId)
      const { outcome } = await send({ request, id }, inner)
      return outcome === 'accepted' ? 'accepted' : 'refused'
    }
  }
}
