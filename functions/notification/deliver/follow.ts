import type { Clock } from '../../shared/clock.ts'
import { afterNews, following, gatheringOf } from '../domain/digest.ts'
import type { Revise } from '../domain/moves.ts'
import type { Tracked } from '../domain/notification.ts'

/** Has the items of a digest follow its news. It may be repeated, and done in part. */
export type Follow = (digest: Tracked, signal: AbortSignal) => Promise<void>

const AT_ONCE = 20

/** Creates the step that moves a digest's items to its own status, and wakes it again when it is due. */
export function createFollow({ revise, now }: { revise: Revise; now: Clock }): Follow {
  return async (digest, signal) => {
    const { tenant, id } = digest.notification
    const { items, turn, channel: name } = gatheringOf(digest)
    const bring = (item: string) =>
      revise(
        {
          id: { tenant, id: item },
          decide({ notification: { expiresAt }, channels }) {
            const channel = channels.find((one) => one.channel === name && one.digestId === id)
            const at = { digest: gatheringOf(digest), expiresAt, now: now() }
            return { changes: channel ? following(channel, at) : null, result: undefined }
          },
        },
        signal,
      )
    for (let from = 0; from < items.length; from += AT_ONCE) {
      await Promise.all(items.slice(from, from + AT_ONCE).map(bring))
    }
    const decide = ({ channels }: Tracked) => {
      const channel = channels.find((one) => one.turn === turn && one.news)
      return { changes: channel ? { channels: [afterNews(channel, now())] } : null, result: undefined }
    }
    await revise({ id: { tenant, id }, decide }, signal)
  }
}
