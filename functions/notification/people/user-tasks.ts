import type { Clock } from '../../shared/clock.ts'
import type { UserId } from './preferences.ts'

/**
 * Work on a user's notifications after a change of the user. `retime`: quiet hours changed. `erase`: the
 * user was erased.
 */
export interface UserTask extends UserId {
  readonly task: 'retime' | 'erase'
  /** The last moment of what it is about, in milliseconds since the epoch: what came later is no part of it. */
  readonly at: number
}

/** Sends a task, to be done after a delay. */
export type SendUserTask = (task: UserTask & { readonly delaySeconds: number }, signal: AbortSignal) => Promise<void>

/**
 * A delay after which a request is certainly over. A task that is sent before a change, with this delay, is done after
 * it, whether or not the function dies in between; if the change was not made, the task finds nothing to do.
 */
export const AFTER_REQUEST_SECONDS = 30

/** Creates what sends tasks by a client that is loaded with the first one: few requests need it. */
export function sendTaskLater(load: () => Promise<SendUserTask>): SendUserTask {
  let loading: Promise<SendUserTask> | undefined
  return async (task, signal) => {
    loading ??= load()
    await (await loading)(task, signal)
  }
}

/** Makes a change that may move the quiet hours of a user. */
export type WithRetime = <Result>(user: UserId, change: () => Promise<Result>, signal: AbortSignal) => Promise<Result>

/** Creates what has everything judged anew that quiet hours held back, after a change of them. */
export function createWithRetime({ sendTask, now }: { sendTask: SendUserTask; now: Clock }): WithRetime {
  return async (user, change, signal) => {
    const task = { ...user, task: 'retime', at: now() } as const
    await sendTask({ ...task, delaySeconds: AFTER_REQUEST_SECONDS }, signal)
    const result = await change()
    // The first task is there in case this function dies before; nothing else need wait for it.
    await sendTask({ ...task, delaySeconds: 0 }, signal)
    return result
  }
}

/**
 * Reads a task from the body of a message.
 *
 * @throws Error if it is none.
 */
export function readUserTask(message: unknown): UserTask {
  const { task, tenant, userId, at } = Object(message)
  const isKnown = task === 'retime' || task === 'erase'
  if (!isKnown || typeof tenant !== 'string' || typeof userId !== 'string' || typeof at !== 'number') {
    throw new Error('The message is not a user task')
  }
  return { task, tenant, userId, at }
}
