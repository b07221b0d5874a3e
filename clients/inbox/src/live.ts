import { backoffMs } from './backoff.ts'
import type { Clock } from './clock.ts'
import { type Connection, type ConnectionOptions, createConnection } from './connection.ts'
import type { Socket } from './socket.ts'
import { createWakeUp } from './wake-up.ts'

/** Keeps a connection open until its signal is aborted. */
export interface Live {
  /** Runs until the signal is aborted. It never rejects. */
  run: () => Promise<void>
  /** Connects now instead of later, or finds out whether the connection is alive. */
  wake: () => void
}

export interface LiveOptions {
  open: (signal: AbortSignal) => Promise<Socket>
  clock: Clock
  random: () => number
  signal: AbortSignal
  onFrame: ConnectionOptions['onFrame']
  /** Tells that what came until now may have been missed, and what comes from now on isn't. */
  onOpen: () => void
  onStatus: (isConnected: boolean) => void
}

/** A connection that lasted so long was a good one: the waits after it begin anew. */
const GOOD_MS = 30_000

export function createLive(options: LiveOptions): Live {
  const { open, clock, random, signal, onFrame, onOpen, onStatus } = options
  const wakeUp = createWakeUp(clock)
  let connection: Connection | undefined
  /** Woken during an attempt, which may have begun on a network that is gone. */
  let isWoken = false

  /** Connects, and waits for the end of the connection. */
  async function connectOnce(): Promise<void> {
    const socket = await open(signal)
    const own = createConnection({ socket, clock, random, onFrame })
    const close = () => own.close()
    signal.addEventListener('abort', close)
    if (signal.aborted) close()
    try {
      // The service may have taken the connection for gone while it opened: a ping registers it again.
      await own.ping()
      if (own.signal.aborted) return
      connection = own
      isWoken = false
      onStatus(true)
      onOpen()
      await ended(own.signal)
    } finally {
      connection = undefined
      signal.removeEventListener('abort', close)
    }
  }

  return {
    async run() {
      for (let attempt = 0; !signal.aborted; attempt++) {
        const beganAt = clock.now()
        isWoken = false
        await connectOnce().catch(() => {})
        if (signal.aborted) return
        onStatus(false)
        if (clock.now() - beganAt >= GOOD_MS) attempt = 0
        if (!isWoken) await wakeUp.wait(backoffMs(attempt, random), signal)
      }
    },
    wake() {
      if (connection) return void connection.ping()
      isWoken = true
      wakeUp.now()
    },
  }
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve())
  })
}
