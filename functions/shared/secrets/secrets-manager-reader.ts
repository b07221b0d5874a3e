import type { Clock, Random } from '../clock.ts'
import { requiredEnv } from '../config/env.ts'
import type { Runtime } from '../runtime.ts'
import { createKeys, type Keys, type SecretReader } from './secrets.ts'

export interface SecretsManagerReaderOptions {
  /** The secret's ARN. */
  secretId: string
  now: Clock
  random: Random
}

/**
 * Reads the versions of a secret from AWS Secrets Manager; the function needs `secretsmanager:GetSecretValue`. The
 * service's client is a separate file in the bundle, loaded on the first read: most cold starts of a function that has
 * a secret don't need it.
 *
 * @returns a reader that throws the SDK's exception when it is refused, and AppError (retryable) when the service
 * fails, throttles or is unreachable.
 */
export function secretsManagerReader(options: SecretsManagerReaderOptions): SecretReader {
  let loading: Promise<SecretReader> | undefined
  return async (stage, signal) => {
    loading ??= import('./get-secret-value.ts').then(({ createGetSecretValue }) => createGetSecretValue(options))
    return (await loading)(stage, signal)
  }
}

/**
 * Creates the keys of the secret that the stack names in `SIGNING_SECRET`.
 *
 * @throws Error when the variable is missing.
 */
export function keysOfEnvironment({ now, random }: Pick<Runtime, 'now' | 'random'>): Keys {
  const read = secretsManagerReader({ secretId: requiredEnv('SIGNING_SECRET'), now, random })
  return createKeys({ read, now, random })
}
