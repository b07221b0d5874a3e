import { createDynamoDB } from '../../../../functions/shared/aws/dynamodb.ts'
import { createLimiter } from '../../../../functions/shared/rate-limit/limiter.ts'
import type { Check } from '../../../../functions/shared/rate-limit/policy.ts'
import { startTimer } from '../../../../functions/shared/resilience/timer.ts'

// One of the processes of a race: an environment of its own. It is started by races.ts, as a child.

/** The task of a process: the number of its requests, and of those at a time. */
export interface Errand {
  tableName: string
  checks: Check[]
  requests: number
  atATime: number
  /** The time that all requests take for now. @default the real time plus `skewMs` */
  now?: number
  skewMs: number
  /** The pause between two successive requests, in milliseconds. */
  pauseMs: number
}

/** The response to a request, with the real time before and after it. */
export interface Answered {
  allowed: boolean
  degraded: boolean
  attributes: string[]
  sentAt: number
  doneAt: number
}

const dynamodb = createDynamoDB({ now: Date.now, random: Math.random })
const { signal } = new AbortController()

async function run({ tableName, checks, requests, atATime, now, skewMs, pauseMs }: Errand): Promise<Answered[]> {
  const limit = createLimiter({
    client: dynamodb,
    tableName,
    now: () => now ?? Date.now() + skewMs,
    random: Math.random,
    startTimer,
    budgetMs: 1000,
  })
  const answers: Answered[] = []
  let sent = 0
  const line = async () => {
    while (sent < requests) {
      sent++
      const sentAt = Date.now()
      const { allowed, decisions } = await limit(checks, signal)
      const attributes = decisions.flatMap(({ charges }) => charges.map(({ attribute }) => attribute))
      answers.push({
        allowed,
        degraded: decisions.some(({ degraded }) => degraded),
        attributes,
        sentAt,
        doneAt: Date.now(),
      })
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }
  await Promise.all(Array.from({ length: atATime }, line))
  return answers
}

process.on('message', (errand: Errand) => {
  void run(errand).then((answers) => process.send?.(answers))
})
process.on('disconnect', () => process.exit())
process.send?.('ready')
