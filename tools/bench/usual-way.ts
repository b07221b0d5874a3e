import { Logger } from '@aws-lambda-powertools/logger'
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware'
import { Metrics } from '@aws-lambda-powertools/metrics'
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware'
import { Tracer } from '@aws-lambda-powertools/tracer'
import { captureLambdaHandler } from '@aws-lambda-powertools/tracer/middleware'
import middy from '@middy/core'
import type { AnyHandler } from './cases.ts'

// The middleware that most guides put around a handler, for comparison: middy, and Powertools' logger, tracer and
// metrics.

export const logger = new Logger({ serviceName: 'usual' })
export const metrics = new Metrics({ namespace: 'usual', serviceName: 'usual' })
export const tracer = new Tracer({ serviceName: 'usual' })

export function usualWay(handler: AnyHandler): AnyHandler {
  return middy(handler).use(injectLambdaContext(logger)).use(captureLambdaHandler(tracer))
}

/** Wraps a handler that counts something in every invocation: the middleware warns if nothing was counted. */
export function usualWayWithMetrics(handler: AnyHandler): AnyHandler {
  return middy(handler).use(injectLambdaContext(logger)).use(logMetrics(metrics)).use(captureLambdaHandler(tracer))
}
