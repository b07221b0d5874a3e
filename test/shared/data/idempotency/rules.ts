import { type Answer, DAY_MS, type History, IN_FLIGHT_MS, LEASE_MS, type Run, type Sent, scopeOf } from './history.ts'

type Rule = (history: History) => boolean

type Answered = Sent & { answer: Answer }

/**
 * The rules that every history must obey. Each attempt counts a key's day from its own start: where one that was sent earlier
 * arrives later, the day ends as much earlier.
 */
const RULES: Record<string, Rule> = {
  'one operation a key and day': ({ runs }) =>
    pairs(runs).every(
      ([one, other]) =>
        scopeOf(one.sent) !== scopeOf(other.sent) ||
        Math.abs(one.sent.time - other.sent.time) >= DAY_MS - IN_FLIGHT_MS ||
        one.operationId === other.operationId,
    ),

  'a new operation after a day': ({ sent, runs }) =>
    runs.every((run) => {
      const isRepeat = runs.some((one) => one.operationId === run.operationId && one.began.order < run.began.order)
      return (
        !isRepeat ||
        sent.some(
          (one) =>
            one !== run.sent &&
            isSame(one, run.sent) &&
            one.order < run.began.order &&
            one.time > run.sent.time - DAY_MS,
        )
      )
    }),

  'an operation belongs to one key': ({ runs }) =>
    pairs(runs).every(
      ([one, other]) => one.operationId !== other.operationId || scopeOf(one.sent) === scopeOf(other.sent),
    ),

  'an operation is made with one body': ({ runs }) =>
    pairs(runs).every(
      ([one, other]) => one.operationId !== other.operationId || one.sent.asked.body === other.sent.asked.body,
    ),

  'a success has its effect, once': ({ sent, effects }) =>
    answered(sent).every(({ answer }) => {
      if (answer.status >= 300) return true
      return effects.filter((effect) => answer.headers.location === `/things/${effect}`).length === 1
    }),

  'one answer a key and body': ({ sent }) => {
    const finals = answered(sent).filter(isFinal)
    return pairs(finals).every(
      ([one, other]) =>
        isReplay(one) ||
        !isSame(one, other) ||
        other.time < one.time ||
        other.time >= one.time + DAY_MS ||
        contentOf(one) === contentOf(other),
    )
  },

  'an answer ends its operation': ({ sent, runs }) =>
    answered(sent)
      .filter((one) => isFinal(one) && !isReplay(one))
      .every(
        (one) =>
          !runs.some(
            (run) =>
              scopeOf(run.sent) === scopeOf(one) &&
              run.began.order > one.answer.order &&
              run.sent.time >= one.time &&
              run.sent.time < one.time + DAY_MS,
          ),
      ),

  'a replay says so, and nothing else does': ({ sent, runs }) =>
    answered(sent).every((one) => isReplay(one) === (isFinal(one) && !runs.some((run) => run.sent === one))),

  'another body is refused': ({ sent, runs }) =>
    answered(sent).every((one) => {
      const isBound = runs.some(
        (run) =>
          scopeOf(run.sent) === scopeOf(one) &&
          run.sent.asked.body !== one.asked.body &&
          run.began.order < one.order &&
          one.time < run.sent.time + DAY_MS - IN_FLIGHT_MS,
      )
      return !isBound || isReused(one) || one.answer.status >= 500
    }),

  'only another body is refused so': ({ sent }) =>
    answered(sent).every(
      (one) =>
        !isReused(one) ||
        sent.some(
          (other) =>
            scopeOf(other) === scopeOf(one) && other.asked.body !== one.asked.body && one.time < other.time + DAY_MS,
        ),
    ),

  'one attempt at a time': ({ runs }) =>
    pairs(runs).every(
      ([one, other]) =>
        scopeOf(one.sent) !== scopeOf(other.sent) ||
        one.began.order > other.began.order ||
        other.began.time >= one.sent.time + LEASE_MS ||
        cameToNothingBefore(one, other),
    ),

  'who has to wait is told how long': ({ sent }) =>
    answered(sent).every(
      ({ answer }) => answer.status !== 409 || !isUnderWay(answer) || mayWait(answer.headers['retry-after']),
    ),

  'nobody waits for nobody': ({ sent }) =>
    answered(sent).every((one) => {
      const isHeldUp = (other: Sent) =>
        other !== one &&
        scopeOf(other) === scopeOf(one) &&
        other.order < one.answer.order &&
        other.time + LEASE_MS > one.time &&
        (other.wasFaulty || !other.answer || other.answer.order > one.order)
      return !isUnderWay(one.answer) || sent.some(isHeldUp)
    }),

  'every key comes to an end': ({ sent }) => {
    const last = new Map(sent.map((one) => [JSON.stringify(one.asked), one]))
    const ended = new Set([...last.values()].filter((one) => one.answer && isFinal(one as Answered)).map(scopeOf))
    return sent.every((one) => ended.has(scopeOf(one)))
  },
}

/** The names of the rules that a history breaks. */
export function brokenRules(history: History): string[] {
  return Object.entries(RULES).flatMap(([name, isKept]) => (isKept(history) ? [] : [name]))
}

function pairs<T>(all: readonly T[]): [T, T][] {
  return all.flatMap((one) => all.flatMap((other): [T, T][] => (one === other ? [] : [[one, other]])))
}

function answered(sent: readonly Sent[]): Answered[] {
  return sent.filter((one): one is Answered => one.answer !== undefined)
}

function codeOf({ status, body }: Answer): unknown {
  return status >= 400 ? JSON.parse(body ?? '{}').code : undefined
}

const isUnderWay = (answer: Answer) => codeOf(answer) === 'operation-in-progress'
const isReused = ({ answer }: Answered) => answer.status === 422 && codeOf(answer) === 'idempotency-key-reused'
const isReplay = ({ answer }: Answered) => answer.headers['idempotent-replayed'] === 'true'
const isSame = (one: Sent, other: Sent) => scopeOf(one) === scopeOf(other) && one.asked.body === other.asked.body

/** The responses of the operation itself that are stored. */
function isFinal(one: Answered): boolean {
  const { status } = one.answer
  return status < 500 && status !== 429 && !isReused(one) && !isUnderWay(one.answer)
}

function contentOf({ answer: { status, headers, body } }: Answered): string {
  const own = ['idempotent-replayed', 'x-request-id']
  const common = Object.entries(headers).filter(([name]) => !own.includes(name))
  return JSON.stringify([status, common.sort(), body ?? 'no body'])
}

function mayWait(retryAfter: unknown): boolean {
  const seconds = Number(retryAfter)
  return Number.isInteger(seconds) && seconds >= 1 && seconds * 1000 <= LEASE_MS
}

function cameToNothingBefore(one: Run, other: Run): boolean {
  const { ended } = one
  if (!ended || ended.order > other.began.order) return false
  return ['made, then a bug', 'throttled', 'down', 'bug'].includes(ended.ending)
}
