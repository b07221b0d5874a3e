import { type History, type Sent, scopeOf } from './history.ts'

const status = ({ answer }: Sent) => answer?.status
const isReplay = ({ answer }: Sent) => answer?.headers['idempotent-replayed'] === 'true'

/** The situations that the rules are about. Histories in which they never occur prove nothing. */
const HAPPENINGS: Record<string, (history: History) => boolean> = {
  'a success is replayed': ({ sent }) => sent.some((one) => isReplay(one) && Number(status(one)) < 300),
  'a refusal is replayed': ({ sent }) => sent.some((one) => isReplay(one) && Number(status(one)) >= 400),
  'one has to wait': ({ sent }) => sent.some(({ answer }) => answer?.headers['retry-after'] && answer.status === 409),
  'another body is refused': ({ sent }) => sent.some(({ answer }) => answer?.body?.includes('idempotency-key-reused')),
  'the dead are taken over from': ({ runs }) =>
    runs.some((one) => runs.some((next) => isNext(one, next) && !one.ended && !one.sent.answer)),
  'an effect is met again': ({ runs }) =>
    runs.some((one) => one.ended?.ending.startsWith('made') && runs.some((next) => isNext(one, next))),
  'what came to nothing is begun again': ({ runs }) =>
    runs.some((one) => one.ended?.ending === 'bug' && runs.some((next) => isNext(one, next))),
  'a key is used again after its day': ({ runs }) =>
    runs.some((one) =>
      runs.some((next) => scopeOf(one.sent) === scopeOf(next.sent) && one.operationId !== next.operationId),
    ),
  'the database fails for good': ({ sent }) => sent.some((one) => one.wasFaulty && status(one) === 503),
  'faults are got over': ({ sent }) => sent.some((one) => one.wasFaulty && Number(status(one)) < 500),
}

function isNext(one: History['runs'][number], next: History['runs'][number]): boolean {
  return one !== next && one.operationId === next.operationId && one.began.order < next.began.order
}

/** Counts the histories in which each situation occurred. */
export function countHappenings() {
  const counts = Object.fromEntries(Object.keys(HAPPENINGS).map((name) => [name, 0]))
  const add = (history: History) => {
    for (const [name, happened] of Object.entries(HAPPENINGS))
      if (happened(history)) counts[name] = 1 + (counts[name] ?? 0)
  }
  return { counts, add }
}
