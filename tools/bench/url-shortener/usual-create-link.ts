import { randomBytes } from 'node:crypto'
import { MetricUnit } from '@aws-lambda-powertools/metrics'
import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda'
import { z } from 'zod'
import { logger, metrics, usualWayWithMetrics } from '../usual-way.ts'

const Claims = z.object({ sub: z.string(), tenant: z.string(), scope: z.string() })
const Body = z.strictObject({
  url: z.url(),
  alias: z.optional(z.string().regex(/^[0-9A-Za-z_-]{3,64}$/)),
  title: z.nullish(z.string().max(200)),
  tags: z.optional(z.array(z.string().min(1).max(50)).max(10)),
})

/** Creating a link as most guides build it, with the store stubbed out. */
export const handler = usualWayWithMetrics(async (event: APIGatewayProxyEventV2WithJWTAuthorizer) => {
  const { sub, tenant, scope } = Claims.parse(event.requestContext.authorizer.jwt.claims)
  if (!scope.split(' ').includes('links:write')) return { statusCode: 403 }
  const { alias, ...body } = Body.parse(JSON.parse(event.body ?? ''))
  const code = alias ?? randomBytes(6).toString('base64url')
  const link = { ...body, code, tenant, createdBy: sub, createdAt: new Date().toISOString() }
  metrics.addMetric('LinkCreated', MetricUnit.Count, 1)
  logger.info('create link')
  return { statusCode: 201, headers: { 'content-type': 'application/json' }, body: JSON.stringify(link) }
})
