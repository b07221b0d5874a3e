import { MetricUnit } from '@aws-lambda-powertools/metrics'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { z } from 'zod'
import { logger, metrics, usualWayWithMetrics } from '../usual-way.ts'

const Params = z.object({ code: z.string().regex(/^[0-9A-Za-z_-]{4,32}$/) })
const Stored = z.object({ url: z.url() })

/** The same redirect as most guides build it, with zod besides. */
export function usualRedirect(read: (code: string) => Promise<unknown>) {
  return usualWayWithMetrics(async (event: APIGatewayProxyEventV2) => {
    const { code } = Params.parse(event.pathParameters)
    const item = await read(code)
    if (!item) return { statusCode: 404 }
    metrics.addMetric('Redirected', MetricUnit.Count, 1)
    logger.info('redirect')
    return { statusCode: 302, headers: { location: Stored.parse(item).url } }
  })
}
