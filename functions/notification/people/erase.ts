import type { Clock } from '../../shared/clock.ts'
import { meetsPreconditions } from '../../shared/preconditions.ts'
import type { Documents } from '../documents.ts'
import { STEP_MS } from '../domain/broadcast.ts'
import type { NotificationId } from '../domain/notification.ts'
import type { UserId } from './preferences.ts'
import type { EraseUser } from './routes.ts'
import { AFTER_REQUEST_SECONDS, type SendUserTask, type UserTask } from './user-tasks.ts'

/** Deletes a user's subscriptions, after which no step of a broadcast that begins notifies the user. It may be repeated. */
export type EraseSubscriptions = (user: UserId, signal: AbortSignal) => Promise<void>

/** Deletes a user's other items, and the texts of addresses of which only hashes stay. It may be repeated. */
export type EraseItems = (user: UserId, signal: AbortSignal) => Promise<void>

/** Reads some notifications of a user, the newest first; `after` is what the page before named as the next one. */
export type ReadNotificationsOf<Position> = (
  query: UserId & { readonly after: Position | undefined },
  signal: AbortSignal,
) => Promise<{
  readonly items: readonly { readonly id: string; readonly createdAt: number }[]
  readonly next?: Position
}>

export interface EraseTaskDeps<Position> {
  readNotifications: ReadNotificationsOf<Position>
  /** Cancels what no worker has claimed. */
  cancel: (id: NotificationId, signal: AbortSignal) => Promise<unknown>
  /** Erases data, texts and addresses of a notification, and its inbox item; false while a part of it is still open. */
  eraseContent: (id: NotificationId & UserId, signal: AbortSignal) => Promise<boolean>
  sendTask: SendUserTask
}

/** The longest delay of a queue. What is being sent is erased once it is done. */
const AGAIN_SECONDS = 900

/**
 * Creates the erasure of a user: at once of what the user has, and by a task of what was sent, or is to be sent. A user
 * who is not there meets all conditions, since an erasure that failed in the middle must come to its end.
 */
export function createEraseUser({
  documents,
  eraseSubscriptions,
  eraseItems,
  sendTask,
  now,
}: {
  documents: Pick<Documents, 'read'>
  eraseSubscriptions: EraseSubscriptions
  eraseItems: EraseItems
  sendTask: SendUserTask
  now: Clock
}): EraseUser {
  return async ({ tenant, userId, conditions }, signal) => {
    const user = { tenant, userId }
    const profile = await documents.read({ ...user, kind: 'profile' }, signal)
    if (profile && !meetsPreconditions(conditions, profile.version)) return 'stale'
    await eraseSubscriptions(user, signal)
    const at = now()
    const task = { ...user, task: 'erase' } as const
    // A step that had read the subscriptions before is over by then, and what it made for the user is erased as well.
    await sendTask({ ...task, at: at + STEP_MS, delaySeconds: AFTER_REQUEST_SECONDS }, signal)
    await eraseItems(user, signal)
    // The first one is also there in case this function dies before; nothing else need wait for it.
    await sendTask({ ...task, at, delaySeconds: 0 }, signal)
    return 'erased'
  }
}

/**
 * Creates the task of an erasure: it cancels what is not sent, and erases what the notifications held. It may be
 * repeated, and comes again while a part of them is still being sent.
 */
export function createEraseTask<Position>(deps: EraseTaskDeps<Position>) {
  const { readNotifications, cancel, eraseContent, sendTask } = deps
  return async (task: UserTask, signal: AbortSignal): Promise<{ erased: number; open: number }> => {
    const { tenant, userId, at } = task
    const counts = { erased: 0, open: 0 }
    let after: Position | undefined
    do {
      const { items, next } = await readNotifications({ tenant, userId, after }, signal)
      for (const { id } of items.filter(({ createdAt }) => createdAt <= at)) {
        await cancel({ tenant, id }, signal)
        if (await eraseContent({ tenant, id, userId }, signal)) counts.erased += 1
        else counts.open += 1
      }
      after = next
    } while (after !== undefined)
    if (counts.open > 0) await sendTask({ ...task, delaySeconds: AGAIN_SECONDS }, signal)
    return counts
  }
}
