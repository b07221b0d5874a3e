import { countDecisions } from '../../../functions/rate-limiter/check/count-decisions.ts'
import { decideChecks } from '../../../functions/rate-limiter/check/decide-checks.ts'
import { createDenialReporter } from '../../../functions/rate-limiter/check/report-denials.ts'
import { checkRoute } from '../../../functions/rate-limiter/check/route.ts'
import { storeKey } from '../../../functions/rate-limiter/check/store-key.ts'
import { createPolicyBook } from '../../../functions/rate-limiter/policy-book.ts'
import { httpHandler } from '../../../functions/shared/http/handler.ts'
import { randomBytes } from '../../../functions/shared/ids/random-bytes.ts'
import { createLimiter } from '../../../functions/shared/rate-limit/limiter.ts'
import { createSignDecision } from '../../../functions/shared/rate-limit/refunds/decision-id.ts'
import { createDecisionKey } from '../../../functions/shared/rate-limit/refunds/decision-key.ts'
import { startTimer } from '../../../functions/shared/resilience/timer.ts'
import { createRuntime } from '../../../functions/shared/runtime.ts'
import type { WarmCase } from '../cases.ts'
import { CHECK, COUNTER_ITEM, POLICY } from './a-check.ts'

const { now, random, telemetry, newId } = createRuntime('bench')
const budgetMs = 1000
const unused = () => Promise.reject(new Error('A check that is allowed needs none of this.'))
const count = () => undefined

/** The table admits all: what is left of a decision is our own code. */
const client = { send: async () => ({ Attributes: COUNTER_ITEM }) as never }
const key = createDecisionKey({ client, tableName: 'limits', now })

export const warm: WarmCase = {
  title: '`POST /v1/check` (rate-limiter/check)',
  budget: 'hot-path',
  event: CHECK,
  handler: httpHandler({
    ...telemetry,
    routes: {
      'POST /v1/check': checkRoute({
        decide: decideChecks({
          // Answered from memory, like nearly all checks.
          find: createPolicyBook({
            readPolicy: async () => POLICY,
            readOverrides: unused,
            ...{ budgetMs, startTimer, now, random },
          }),
          limit: createLimiter({ client, tableName: 'limits', now, random, startTimer, budgetMs }),
          sign: createSignDecision({ key, randomBytes }),
          prepare: storeKey({ key, budgetMs, startTimer }),
          onDecided: countDecisions(count),
          report: createDenialReporter({ load: unused, budgetMs, startTimer, now, newId, count }),
        }),
        tenancy: 'multi',
      }),
    },
  }),
  isRight: (answer) => JSON.parse(Object(answer).body).decisions?.[0]?.source === 'store',
  usual: 'usual-check-stubbed.ts',
}
