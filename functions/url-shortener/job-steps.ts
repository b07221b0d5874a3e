import type { Clock } from '../shared/clock.ts'
import type { Delivery } from '../shared/queue/queue-handler.ts'
import type { SendMessage } from '../shared/queue/send-message.ts'
import type { LeaseLock } from '../shared/resilience/lease-lock.ts'
import { JOB_KEPT_MS } from './domain/job.ts'
import { type JobKind, jobOf } from './domain/job-files.ts'

/** The timeout of a message in milliseconds, out of the function's 30 seconds. */
export const MESSAGE_MS = 27_000
/** The time after which a step begins nothing more: what it has begun then has 9 seconds to end. */
export const STEP_MS = 18_000
/** Longer than a job exists, so that the tokens of its lease never begin again. */
export const LEASE_KEPT_MS = 2 * JOB_KEPT_MS

/**
 * Does a part of a job. It may be repeated at any point.
 *
 * @param step `token` is the fencing token of the lease, and `until` (milliseconds since the epoch) the time from which
 * on nothing is begun.
 */
export type RunStep = (
  step: { id: string; token: number; until: number },
  signal: AbortSignal,
) => Promise<'ended' | 'to-be-continued'>

/** The message that makes a job go on: the key of its file. A new file of an import arrives as such a message, too. */
export interface StepMessage {
  file: string
}

/** @throws Error for any other body: no retry would help. */
export function readMessage(body: unknown): StepMessage {
  const { file } = (body ?? {}) as Partial<StepMessage>
  if (typeof file !== 'string' || !jobOf(file)) throw new Error('The message names no file of a job')
  return { file }
}

export interface JobStepsDeps {
  lock: LeaseLock
  steps: Record<JobKind, RunStep>
  send: SendMessage
  now: Clock
}

export type StepOutcome = 'ended' | 'to-be-continued' | 'held'

/**
 * Does the next step of a job, and asks for another one if the job goes on. A message that finds the job locked is sent
 * again for when the lease ends: whether its holder is alive can't be known, and without a message the job would stop.
 */
export function runJobStep({ lock, steps, send, now }: JobStepsDeps) {
  return async ({ file }: StepMessage, signal: AbortSignal): Promise<StepOutcome> => {
    const job = jobOf(file)
    if (!job) return 'ended'
    const until = now() + STEP_MS
    const locked = await lock(file, ({ token }, inner) => steps[job.kind]({ id: job.id, token, until }, inner), signal)
    if (locked.outcome === 'held') {
      await send({ file }, { delayMs: locked.retryAfterMs, signal })
      return 'held'
    }
    if (locked.value === 'to-be-continued') await send({ file }, { signal })
    return locked.value
  }
}

/** Logs the outcome of each step. */
export function jobHandler(runStep: (message: StepMessage, signal: AbortSignal) => Promise<StepOutcome>) {
  return async (message: StepMessage, { signal, logger }: Delivery): Promise<undefined> => {
    logger.info('job step', { file: message.file, outcome: await runStep(message, signal) })
  }
}
