import * as z from 'zod/mini'

const outcome = z.enum(['ok', 'failed'])

/** What `GET /health` answers. */
export const healthBody = z.strictObject({ status: outcome, dependencies: z.record(z.string(), outcome) })
