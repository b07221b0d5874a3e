import type { DynamoDBRecord } from 'aws-lambda'
import type { RoomId } from '../../../functions/chat/domain/room.ts'
import { createAdmit } from '../../../functions/chat/fan-out/admit.ts'
import { dispatchHandler } from '../../../functions/chat/fan-out/dispatch.ts'
import { createFanOut, type FanOut } from '../../../functions/chat/fan-out/fan-out.ts'
import type { PostFrames } from '../../../functions/chat/post-frames.ts'
import { createFanOutStore } from '../../../functions/chat/store/fan-out-store.ts'
import { EVENT } from '../../../functions/chat/store/keys.ts'
import { readNewEvent } from '../../../functions/chat/store/new-event.ts'
import { queryRange } from '../../../functions/chat/store/query-range.ts'
import type { RegisterOptions } from '../../../functions/chat/store/register.ts'
import type { Clock } from '../../../functions/shared/clock.ts'
import type { Table } from '../../../functions/shared/data/table.ts'
import { lambdaContext } from '../../support/events.ts'
import { silentTelemetry } from '../../support/telemetry.ts'
import type { DeliveryQueue } from './delivery-queue.ts'
import { crashing, type Faults } from './faults.ts'
import type { Sabotage } from './sabotage.ts'

const { signal } = new AbortController()

export interface WorkerOptions extends RegisterOptions {
  now: Clock
  postFrames: PostFrames
  faults: Faults
  sabotage: Sabotage
}

/** Creates the real worker of shards, which may end between any two of its steps. */
export function createWorker({ postFrames, faults, sabotage, ...options }: WorkerOptions): FanOut {
  const { list, readProgress, writeProgress, forget, register, ...reads } = sabotage.workers(createFanOutStore(options))
  const parts = {
    ...options,
    ...reads,
    list: sabotage.list(crashing(list, faults)),
    readProgress,
    writeProgress: crashing(writeProgress, faults),
    forget: { gone: crashing(forget.gone, faults), removed: crashing(forget.removed, faults) },
    register: crashing(register, faults),
    postFrames,
    perSecond: 100_000,
  }
  return createFanOut({ ...parts, admit: createAdmit(parts) })
}

/** The stream of a table, from which the real function of dispatch gets each new event once or more, in order. */
export interface Stream {
  /** Stops when all events so far were dispatched. */
  stop: () => Promise<void>
}

const EVERY_MS = 10

/** Hands the events of a room to dispatch, and the same again when it fails. */
export function streamOf(
  table: Table,
  id: RoomId,
  { queue, faults }: { queue: DeliveryQueue; faults: Faults },
): Stream {
  const dispatch = dispatchHandler({
    ...silentTelemetry(Date.now),
    readNewEvent,
    send: crashing(queue.send, faults),
    readErasure: () => undefined,
    eraseLater: async () => {},
    checkMissed: async () => {},
    setAside: async () => {
      throw new Error('An event could not be read')
    },
  })
  let position = 0
  let isStopping = false

  async function dispatchNew(): Promise<number> {
    const range = { ...id, from: position + 1, to: 1_000_000, limit: 100, prefix: EVENT }
    const { items } = await queryRange(table, range, signal)
    const Records = items.map((NewImage): DynamoDBRecord => ({ eventName: 'INSERT', dynamodb: { NewImage } as object }))
    if (items.length > 0) await dispatch({ Records }, lambdaContext())
    position += items.length
    return items.length
  }

  async function run(): Promise<void> {
    for (;;) {
      const isLast = isStopping
      const count = await dispatchNew().catch(() => undefined)
      if (isLast && count === 0) return
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS))
    }
  }

  const running = run()
  return {
    stop() {
      isStopping = true
      return running
    },
  }
}
