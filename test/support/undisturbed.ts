import { Disturbed, REAL_TIME } from './eventually.ts'

interface Tries {
  /** @default 20 */
  maxTries?: number
}

/**
 * Makes a claim until nothing disturbs it. All other failures are its own, and fail at once.
 *
 * @param claim throws `Disturbed` if it was. It gets the number of tries before, and must be about something of its own
 * each time: a subject, an address, a link.
 * @throws what the claim throws, and `Disturbed` where each try was.
 */
export async function undisturbed<Value>(
  claim: (triesBefore: number) => Promise<Value>,
  { maxTries = 20 }: Tries = {},
): Promise<Value> {
  for (let tries = 1; ; tries++) {
    try {
      return await claim(tries - 1)
    } catch (error) {
      if (!(error instanceof Disturbed) || tries >= maxTries) throw error
    }
  }
}

/**
 * Makes a claim about something that lasts for a time only, such as a window or a slot. If the claim took longer, it
 * showed nothing, whether it held or not: it is made again with something that lasts twice as long.
 *
 * @param claim gets the time in milliseconds. It is over when what it is about need not last any more.
 */
export function inTime<Value>(
  claim: (lastsMs: number) => Promise<Value>,
  { lastsMs, clock = REAL_TIME, maxTries = 5 }: Tries & { lastsMs: number; clock?: { now: () => number } },
): Promise<Value> {
  return undisturbed(
    async (triesBefore) => {
      const ms = lastsMs * 2 ** triesBefore
      const end = clock.now() + ms
      return unless(() => clock.now() >= end && `it took longer than ${ms} ms`, claim(ms))
    },
    { maxTries },
  )
}

/**
 * Makes a claim that holds within one minute, hour or day: it is made again if one ended meanwhile.
 *
 * @param period names the current one.
 */
export function withinOne<Value>(period: () => unknown, claim: () => Promise<Value>): Promise<Value> {
  return undisturbed(async () => {
    const begun = period()
    return unless(() => period() !== begun && `${begun} ended`, claim())
  })
}

async function unless<Value>(reason: () => string | false, claim: Promise<Value>): Promise<Value> {
  const [result] = await Promise.allSettled([claim])
  const disturbance = reason()
  const cause = result.status === 'rejected' && { cause: result.reason }
  if (disturbance) throw new Disturbed(`The claim showed nothing: ${disturbance}.`, cause || {})
  if (result.status === 'rejected') throw result.reason
  return result.value
}
