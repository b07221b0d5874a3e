import type { Clock } from '../../shared/clock.ts'
import { isHeldByQuietHours, retimed } from '../domain/held.ts'
import type { Revise } from '../domain/moves.ts'
import type { JudgeQuietHours, Person, ReadPerson } from '../domain/person.ts'
import type { UserId } from './preferences.ts'

/** Reads the ids of notifications that the quiet hours of a user held back. Some may have moved on. */
export type ReadHeld = (user: UserId, signal: AbortSignal) => Promise<readonly string[]>

export interface RetimeDeps {
  readHeld: ReadHeld
  readPerson: ReadPerson
  revise: Revise
  judgeQuietHours: JudgeQuietHours
  now: Clock
}

/** Has everything judged anew that the user's earlier quiet hours held back. Returns how much that was. */
export type Retime = (user: UserId, signal: AbortSignal) => Promise<number>

const AT_ONCE = 10

export function createRetime({ readHeld, readPerson, revise, judgeQuietHours, now }: RetimeDeps): Retime {
  return async (user, signal) => {
    const [person, ids] = await Promise.all([readPerson(user, signal), readHeld(user, signal)])
    let count = 0
    for (let from = 0; from < ids.length; from += AT_ONCE) {
      const some = ids.slice(from, from + AT_ONCE).map((id) => retimeOne(id))
      count += (await Promise.all(some)).filter(Boolean).length
    }
    return count

    async function retimeOne(id: string): Promise<boolean | undefined> {
      return revise({ id: { tenant: user.tenant, id }, decide }, signal)
    }
    function decide({ channels }: Parameters<Parameters<Revise>[0]['decide']>[0]) {
      const at = now()
      const until = quietUntil(person, at)
      const held = channels.filter((channel) => isHeldByQuietHours(channel) && channel.dueAt !== until)
      const changes = held.length === 0 ? null : { channels: held.map((channel) => retimed(channel, at)) }
      return { changes, result: changes !== null }
    }
  }

  function quietUntil(person: Person | undefined, at: number): number | null {
    const quietHours = person?.preferences.quietHours
    return quietHours ? judgeQuietHours(at, quietHours, quietHours.zone ?? person.zone) : null
  }
}
