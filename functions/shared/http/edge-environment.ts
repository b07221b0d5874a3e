import type { Clock, Random } from '../clock.ts'
import { optionalEnv } from '../config/env.ts'
import { secretsManagerReader } from '../secrets/secrets-manager-reader.ts'
import type { Logger } from '../telemetry/logger.ts'
import { createEdgeCheck, type EdgeCheck } from './edge.ts'

/** The check of a function to which the stack gave the origin secret (`ORIGIN_SECRET`); without one nothing is believed. */
export function edgeCheckOfEnvironment(options: { now: Clock; random: Random; logger: Logger }): EdgeCheck {
  const { now, random, logger } = options
  const secretId = optionalEnv('ORIGIN_SECRET')
  return createEdgeCheck({
    read: secretId ? secretsManagerReader({ secretId, now }) : undefined,
    now,
    random,
    onError: (error) => logger.error('origin secret not read', { error }),
  })
}
