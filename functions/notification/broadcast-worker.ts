import { createHash } from 'node:crypto'
import { type QueueHandlerOptions, queueHandler } from '../shared/queue/queue-handler.ts'
import type { Runtime } from '../shared/runtime.ts'
import type { BroadcastTurn } from './domain/broadcast.ts'
import type { ReadCategory } from './domain/category.ts'
import type { ReadPerson } from './domain/person.ts'
import type { ReadTemplate } from './domain/template.ts'
import type { Message } from './send/message.ts'
import { createSend, type StoreNotification } from './send/send.ts'
import { renderTemplate } from './templates/render.ts'
import { readBroadcastTurn } from './topics/broadcast-turn.ts'
import {
  createRunBroadcast,
  type PrepareBroadcast,
  type ReadMessage,
  type RunBroadcastDeps,
} from './topics/run-broadcast.ts'

/** All that the worker reads and writes: `createBroadcastStore` makes it. */
export interface BroadcastStore
  extends Pick<RunBroadcastDeps, 'readBroadcast' | 'readSubscribers' | 'advance' | 'continueLater'> {
  readMessage: ReadMessage<Message>
  readCategory: ReadCategory
  readTemplate: ReadTemplate
  readPerson: ReadPerson
  storeNotification: StoreNotification
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

/** Creates what reads a message, its category and its template once for many subscribers, and then notifies each. */
export function prepareBroadcast({ store, now }: Pick<BroadcastWorkerOptions, 'store' | 'now'>): PrepareBroadcast {
  return async ({ tenant, id, cause }, signal) => {
    const message = await store.readMessage({ tenant, id }, signal)
    if (!message) throw new Error('A broadcast has no message')
    const { source } = message
    const [category, template] = await Promise.all([
      store.readCategory({ tenant, name: message.category }, signal),
      'template' in source ? store.readTemplate({ tenant, name: source.template }, signal) : undefined,
    ])
    const send = createSend({
      readCategory: async () => category,
      readTemplate: async () => template,
      readPerson: store.readPerson,
      render: renderTemplate,
      judgeUrl: async () => undefined,
      store: store.storeNotification,
      now,
    })
    return async (user, inner) => {
      const request = { ...message, to: { userId: user }, broadcastId: id, cause }
      const { outcome } = await send({ request, id: idOf(tenant, id, user) }, inner)
      // Nobody else derives such an id: it is an earlier try's, of a template that was replaced meanwhile.
      return outcome === 'accepted' || outcome === 'id-taken' ? 'accepted' : 'refused'
    }
  }
}

/** Derives the id of a subscriber's notification, by which a repeated step finds it made. */
function idOf(...parts: string[]): string {
  const digest = createHash('sha256').update('broadcast')
  for (const part of parts) digest.update(`${part.length}:${part}`)
  return digest.digest('base64url').slice(0, 22)
}
