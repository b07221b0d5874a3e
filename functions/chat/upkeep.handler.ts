import type { Context, ScheduledEvent } from 'aws-lambda'
import { requiredEnv } from '../shared/config/env.ts'
import { createTableRuntime } from '../shared/data/table.ts'
import { AppError } from '../shared/errors.ts'
import { instrument } from '../shared/telemetry/instrument.ts'
import { createUpkeepStore } from './store/upkeep-store.ts'
import { expireMessages } from './upkeep/expire-messages.ts'
import { keepUp } from './upkeep/keep-up.ts'
import { sweep } from './upkeep/sweep.ts'

/** The time that is reserved for steps that are under way. */
const RESERVE_MS = 30_000

const { table, now, telemetry } = createTableRuntime('chat-upkeep')
const budgetMs = Number(requiredEnv('TIMEOUT_MS')) - RESERVE_MS
const store = createUpkeepStore(table)
const deps = { ...store, now, keepUp: keepUp({ ...store, now, expireMessages: expireMessages({ ...store, now }) }) }

export const handler: (event: Partial<ScheduledEvent>, context: Context) => Promise<void> = instrument(telemetry)(
  ({ id }: Partial<ScheduledEvent>) => ({ correlationId: id ?? 'by hand' }),
  async (_, { logger, signal, describe }) => {
    const run = sweep({ ...deps, onFailure: (_, error) => logger.error('room not kept up', { error }) })
    const { done, failed, isComplete } = await run(now() + budgetMs, signal)
    describe({ records: done, failed, complete: isComplete })
    if (failed === 0 && isComplete) return
    // Lambda then runs it again, and an alarm fires: every step can be repeated.
    throw new AppError(
      'dependency-failed',
      `${failed} rooms failed, and the run was ${isComplete ? '' : 'not '}complete`,
    )
  },
)
