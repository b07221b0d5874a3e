import { optionalEnv, requiredEnv } from '../config/env.ts'
import type { JsonCallOptions } from './json-call.ts'

/**
 * What Lambda and the stack set of where and as whom a function calls AWS. The credentials last as long as the
 * environment.
 *
 * @param service as in `DYNAMODB`, of the variable that names an endpoint for it alone (`AWS_ENDPOINT_URL_DYNAMODB`).
 */
export function lambdaEnvironment(service: string): Omit<JsonCallOptions, 'service' | 'now'> {
  const sessionToken = optionalEnv('AWS_SESSION_TOKEN')
  return {
    region: requiredEnv('AWS_REGION'),
    urlSuffix: optionalEnv('URL_SUFFIX') ?? 'amazonaws.com',
    endpoint: optionalEnv(`AWS_ENDPOINT_URL_${service}`) ?? optionalEnv('AWS_ENDPOINT_URL'),
    credentials: {
      accessKeyId: requiredEnv('AWS_ACCESS_KEY_ID'),
      secretAccessKey: requiredEnv('AWS_SECRET_ACCESS_KEY'),
      ...(sessionToken !== undefined && { sessionToken }),
    },
  }
}
