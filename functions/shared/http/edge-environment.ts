import { optionalEnv } from '../config/env.ts'
import { secretsManagerReader } from '../secrets/secrets-manager-reader.ts'
import { errorFields, type Log } from '../telemetry/logger.ts'
import { createEdgeCheck, type EdgeCheck } from './edge.ts'

/** The check of a function to which the stack gave the origin secret (`ORIGIN_SECRET`); without one nothing is believed. */
export function edgeCheckOfEnvironment(options: { now: () => number; random: () => number; log: Log }): EdgeCheck {
  const { now, random, log } = options
  const secretId = optionalEnv('ORIGIN_SECRET')
  return createEdgeCheck({
    read: secretId ? secretsManagerReader({ secretId, now }) : undefined,
    now,
    random,
    onError: (error) => log('ERROR', 'origin secret not read', errorFields(error)),
  })
}
