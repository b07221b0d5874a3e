import { backoffMs } from './backoff.ts'
import type { Clock } from './clock.ts'
import { InboxProblem } from './errors.ts'
import type { InboxApi } from './inbox-api.ts'
import type { InboxEvent, InboxState } from './inbox-state.ts'
import { createWakeUp } from './wake-up.ts'

export interface SyncOptions {
  api: InboxApi
  state: () => InboxState
  dispatch: (event: InboxEvent) => void
  clock: Clock
  random: () => number
  signal: AbortSignal
  /** Told with `undefined` when requests succeed again. */
  onError: (error: unknown) => void
}

/** Brings the state and the service together: sends changes, lists again what is stale, reads more when asked. */
export interface Sync {
  /** Does what there is to do, a moment later if it can wait: others may have to do the same. */
  nudge: (when?: 'now' | 'soon') => void
  /** Reads the next page. */
  more: () => void
}

/** All that got the same news don't ask for the list at once. */
const SOON_MS = 1000
/** A change that fails so often is given up: the list then says what became of it. */
const MAX_MARK_TRIES = 5
/** Items that are listed again; older ones are read anew when the user asks for more. */
const MAX_LISTED = 200

export function createSync({ api, state, dispatch, clock, random, signal, onError }: SyncOptions): Sync {
  const wakeUp = createWakeUp(clock)
  let isRunning = false
  let isMoreWanted = false
  let isUrgent = false
  let failures = 0
  let markTries = 0

  async function sendMark(): Promise<void> {
    const [marking] = state().pending
    if (!marking) return
    if (!state().isSending) dispatch({ type: 'mark-sent' })
    try {
      const counts = await api.mark(marking, signal)
      markTries = 0
      dispatch({ type: 'mark-done', counts })
    } catch (error) {
      markTries += 1
      if (isFinal(error) || markTries === MAX_MARK_TRIES) {
        markTries = 0
        dispatch({ type: 'mark-given-up' })
      }
      throw error
    }
  }

  async function readList(): Promise<void> {
    const { items, confirmed } = state()
    const count = Math.min(MAX_LISTED, items.size)
    dispatch({ type: 'list-asked' })
    try {
      const list = await api.list({ count, etag: confirmed?.etag }, signal)
      dispatch(list === 'unchanged' ? { type: 'list-unchanged' } : { type: 'list-read', ...list })
    } catch (error) {
      dispatch({ type: 'list-failed' })
      throw error
    }
  }

  async function readMore(): Promise<void> {
    const { nextCursor } = state()
    if (nextCursor === null) return
    dispatch({ type: 'more-read', ...(await api.more(nextCursor, signal)) })
    // A page may be empty, and not be the last.
    isMoreWanted = false
  }

  function nextTask(): (() => Promise<void>) | undefined {
    const { pending, isStale, nextCursor } = state()
    if (pending.length > 0) return sendMark
    if (isMoreWanted && nextCursor !== null) return readMore
    isMoreWanted = false
    return isStale ? readList : undefined
  }

  async function runAll(): Promise<void> {
    for (let task = nextTask(); task && !signal.aborted; task = nextTask()) {
      if (task === readList && !isUrgent && state().isLoaded) {
        await wakeUp.wait(random() * SOON_MS, signal)
        isUrgent = true
        continue
      }
      isUrgent = false
      await tryTask(task)
    }
    isRunning = false
  }

  async function tryTask(task: () => Promise<void>): Promise<void> {
    try {
      await task()
      failures = 0
      onError(undefined)
    } catch (error) {
      if (signal.aborted) return
      onError(error)
      await wakeUp.wait(backoffMs(failures, random), signal)
      failures += 1
      isUrgent = true
    }
  }

  function nudge(when: 'now' | 'soon' = 'now'): void {
    if (when === 'now') {
      isUrgent = true
      wakeUp.now()
    }
    if (isRunning || signal.aborted) return
    isRunning = true
    void runAll()
  }

  return {
    nudge,
    more() {
      isMoreWanted = true
      nudge()
    },
  }
}

/** A refusal stays one, but for that of a token: the next one may be newer. */
function isFinal(error: unknown): boolean {
  return error instanceof InboxProblem && error.httpStatus !== 401
}
