import type { Clock, Random } from '../clock.ts'
import { optionalEnv } from '../config/env.ts'
import { secretsManagerReader } from '../secrets/secrets-manager-reader.ts'
import type { Logger } from '../telemetry/logger.ts'
import { createEdgeCheck, type EdgeCheck } from './edge.ts'

/** Creates the check with the origin secret that the stack set (`ORIGIN_SECRET`); without one no request passes. */
export function edgeCheckOfEnvironment(options: { now: Clock; random: Random; logger: Logger }): EdgeCheck {
  const { now, random, logger } = options
  const secretId = optionalEnv('ORIGIN_SECRET')
  return createEdgeCheck({
    read: secretId ? secretsManagerReader({ secretId, now, random }) : undefined,
    now,
    random,
    onError: (error) => logger.error('origin secret not read', { error }),
  })
}
