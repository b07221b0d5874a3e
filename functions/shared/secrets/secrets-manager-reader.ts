import { AwsError } from '../aws/aws-error.ts'
import { lambdaEnvironment } from '../aws/environment.ts'
import { createJsonCall, type JsonService } from '../aws/json-call.ts'
import type { Clock } from '../clock.ts'
import { pipe } from '../resilience/policy.ts'
import { retry } from '../resilience/retry.ts'
import { timeout } from '../resilience/timeout.ts'
import { startTimer } from '../resilience/timer.ts'
import type { SecretReader } from './secrets.ts'

const SECRETS_MANAGER: JsonService = { name: 'secretsmanager', target: 'secretsmanager', version: '1.1' }

export interface SecretsManagerReaderOptions {
  /** The secret's ARN. */
  secretId: string
  now: Clock
}

/**
 * Reads the versions of a secret from AWS Secrets Manager; the function needs `secretsmanager:GetSecretValue`.
 *
 * @returns a reader that throws AwsError when it is refused, AppError (retryable) when the service can't be reached.
 */
export function secretsManagerReader({ secretId, now }: SecretsManagerReaderOptions): SecretReader {
  const call = createJsonCall({ service: SECRETS_MANAGER, ...lambdaEnvironment('SECRETS_MANAGER'), now })
  const policy = pipe(
    retry({ maxAttempts: 2, baseMs: 50, capMs: 200, startTimer, random: Math.random }),
    timeout({ ms: 1500, startTimer }),
  )
  return async (stage, signal) => {
    try {
      const input = { SecretId: secretId, VersionStage: stage }
      const answer = await policy((inner) => call('GetSecretValue', input, inner), signal)
      // The service counts in seconds since the epoch.
      const createdAt = typeof answer.CreatedDate === 'number' ? answer.CreatedDate * 1000 : undefined
      const version = { versionId: String(answer.VersionId), value: String(answer.SecretString) }
      return createdAt === undefined ? version : { ...version, createdAt }
    } catch (error) {
      // A secret that was never rotated has no version before.
      if (stage === 'AWSPREVIOUS' && error instanceof AwsError && error.code === 'ResourceNotFoundException') {
        return undefined
      }
      throw error
    }
  }
}
