import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda'
import { z } from 'zod'
import { logger, usualWay } from '../usual-way.ts'

const Body = z.object({
  checks: z
    .array(z.object({ policy: z.string(), subject: z.string().max(256), cost: z.int().min(1).default(1) }))
    .max(1),
})
const Claims = z.object({ sub: z.string(), tenant: z.string(), scope: z.string() })
const Definition = z.object({ limit: z.int(), windowMs: z.int() })

/** The read of a conventional limiter. */
export interface UsualStore {
  readDefinition: (tenant: string, policy: string) => Promise<unknown>
  /** Adds to the counter of a window, and returns the sum. */
  add: (counter: string, cost: number) => Promise<number>
}

/**
 * A check of one fixed window as most guides build it. It does less: a denial charges, nothing is signed, and there are
 * no time limit, no algorithms and no memory.
 */
export function usualCheck({ readDefinition, add }: UsualStore) {
  return usualWay(async (event: APIGatewayProxyEventV2WithJWTAuthorizer) => {
    const { tenant, scope } = Claims.parse(event.requestContext.authorizer.jwt.claims)
    if (!scope.split(' ').includes('limits:check')) return { statusCode: 403 }
    const { checks } = Body.parse(JSON.parse(event.body ?? ''))
    const decisions: object[] = []
    for (const { policy, subject, cost } of checks) {
      const { limit, windowMs } = Definition.parse(await readDefinition(tenant, policy))
      const used = await add(`${tenant}#${policy}#${subject}#${Math.floor(Date.now() / windowMs)}`, cost)
      decisions.push({ policy, subject, allowed: used <= limit, limit, remaining: Math.max(0, limit - used) })
    }
    logger.info('check')
    return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ decisions }) }
  })
}
