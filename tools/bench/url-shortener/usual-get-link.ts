import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda'
import { z } from 'zod'
import { logger, usualWay } from '../usual-way.ts'
import { LINK } from './a-link.ts'

const Params = z.object({ code: z.string().regex(/^[0-9A-Za-z_-]{3,64}$/) })
const Claims = z.object({ sub: z.string(), tenant: z.string(), scope: z.string() })

/** Reading one link as most guides build it, with the store stubbed out. */
export const handler = usualWay(async (event: APIGatewayProxyEventV2WithJWTAuthorizer) => {
  const { code } = Params.parse(event.pathParameters)
  const { tenant, scope } = Claims.parse(event.requestContext.authorizer.jwt.claims)
  if (!scope.split(' ').includes('links:read')) return { statusCode: 403 }
  if (code !== LINK.code || tenant !== LINK.tenant) return { statusCode: 404 }
  logger.info('get link')
  return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(LINK) }
})
