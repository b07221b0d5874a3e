import type { Clock, Random } from '../../shared/clock.ts'
import type { Table } from '../../shared/data/table.ts'
import { transact } from '../../shared/data/transact.ts'
import { randomPause, type StartTimer } from '../../shared/resilience/timer.ts'
import {
  type Allowed,
  type Commit,
  type CommitRequest,
  type CommitResult,
  judge,
  judgeRepeat,
} from '../domain/commit.ts'
import type { SendRate } from '../domain/send-rate.ts'
import { commitTransaction } from './commit-transaction.ts'
import type { ForgetDeletedRooms } from './memberships.ts'
import { createReadRecords } from './read-records.ts'

export interface CommitOptions extends Table {
  now: Clock
  random: Random
  startTimer: StartTimer
  newId: () => string
  /** Limits how often a user may commit to a room. */
  rate: SendRate
  forgetDeletedRooms: ForgetDeletedRooms
}

/** Tries, each of which reads the room again, and the time for all of them. */
const MAX_TRIES = 5
const MAX_MS = 2000

/** The longest pause before the second try; it doubles with each further one. */
const BASE_MS = 50

/** The wait that a client is told, at least: by then, those who kept changing the room are done. */
const RETRY_AFTER_MS = 250

/**
 * Creates the one way in which rooms change. A try reads all that the decision needs in one request, decides, and
 * writes the change on condition that everything it read is unchanged: the room's head first of all, whose number gives
 * every event of a room its place. The loser of a race reads again.
 */
export function createCommit(options: CommitOptions): Commit {
  const { client, tableName, now, random, startTimer, newId, rate, forgetDeletedRooms } = options
  const readRecords = createReadRecords(options)

  /** Makes room for those who join and have as many rooms as they can have, some of which may be deleted. */
  async function makeRoom({ tenant }: CommitRequest, { change }: Allowed, signal: AbortSignal): Promise<boolean> {
    const { joined = [] } = change
    const forgotten = await Promise.all(joined.map((user) => forgetDeletedRooms({ tenant, user }, signal)))
    return forgotten.includes(true)
  }

  /**
   * Looks once more for an earlier commit before a refusal. Records that are read in one request aren't read at one
   * moment: the commit may have been missing, and what others changed after it there already.
   */
  async function repeatOf(request: CommitRequest, signal: AbortSignal): Promise<CommitResult | undefined> {
    if (!request.once) return undefined
    return judgeRepeat(request, await readRecords({ ...request, reads: [] }, signal), now())
  }

  /** Returns `undefined` if a record changed after it was read. */
  async function attempt(request: CommitRequest, signal: AbortSignal): Promise<CommitResult | undefined> {
    const records = await readRecords(request, signal)
    const judgement = judge(request, records, { now: now(), rate })
    if (judgement.outcome === 'refused') return (await repeatOf(request, signal)) ?? judgement
    if (judgement.outcome !== 'allowed') return judgement
    const operationId = newId()
    const { items, refusal } = commitTransaction({ request, allowed: judgement, records, tableName, operationId })
    const written = await transact(client, { items, token: operationId }, { signal })
    if (written.outcome === 'cancelled') {
      const refused = refusal(written.items)
      return refused && (await makeRoom(request, judgement, signal)) ? undefined : refused
    }
    return { outcome: 'committed', seq: judgement.seq, at: judgement.at, dup: false }
  }

  return async (request, signal) => {
    const deadline = now() + MAX_MS
    for (let tries = 1; tries <= MAX_TRIES; tries++) {
      if (tries > 1) await randomPause({ maxMs: BASE_MS * 2 ** (tries - 2), random, signal, startTimer })
      if (now() >= deadline) break
      const result = await attempt(request, signal)
      if (result) return result
    }
    return { outcome: 'contended', retryAfterMs: Math.ceil(RETRY_AFTER_MS * (1 + random())) }
  }
}
