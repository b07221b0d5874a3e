import { Logger } from '@aws-lambda-powertools/logger'
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware'
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics'
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware'
import { Tracer } from '@aws-lambda-powertools/tracer'
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb'
import middy from '@middy/core'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { z } from 'zod'

// The same redirect as most guides build it, to compare with: middy, Powertools, zod and the document client, all
// bundled by esbuild's defaults.

const logger = new Logger({ serviceName: 'usual' })
const metrics = new Metrics({ namespace: 'usual', serviceName: 'usual' })
const tracer = new Tracer({ serviceName: 'usual' })
const table = DynamoDBDocumentClient.from(tracer.captureAWSv3Client(new DynamoDBClient({})))
const Params = z.object({ code: z.string().regex(/^[0-9A-Za-z_-]{4,32}$/) })
const Stored = z.object({ url: z.url() })

async function redirect(event: APIGatewayProxyEventV2) {
  const { code } = Params.parse(event.pathParameters)
  const { Item } = await table.send(
    new GetCommand({ TableName: process.env.TABLE_NAME, Key: { pk: `L#${code}`, sk: 'link' } }),
  )
  if (!Item) return { statusCode: 404 }
  metrics.addMetric('Redirected', MetricUnit.Count, 1)
  logger.info('redirect')
  return { statusCode: 302, headers: { location: Stored.parse(Item).url } }
}

export const handler = middy(redirect)
  .use(injectLambdaContext(logger))
  .use(logMetrics(metrics))
  .use(captureLambdaHandler(tracer))
