import { GetSecretValueCommand, type ResourceNotFoundException } from '@aws-sdk/client-secrets-manager'
import { isRefusal } from '../aws/call-errors.ts'
import { createSecretsManager } from '../aws/secrets-manager.ts'
import type { SecretReader } from './secrets.ts'
import type { SecretsManagerReaderOptions } from './secrets-manager-reader.ts'

/** Reads versions of a secret: see `secretsManagerReader`, which loads this file on the first read. */
export function createGetSecretValue({ secretId, ...options }: SecretsManagerReaderOptions): SecretReader {
  const client = createSecretsManager(options)
  return async (stage, signal) => {
    const command = new GetSecretValueCommand({ SecretId: secretId, VersionStage: stage })
    try {
      const { VersionId, SecretString, CreatedDate } = await client.send(command, { signal })
      return {
        versionId: String(VersionId),
        value: String(SecretString),
        ...(CreatedDate && { createdAt: CreatedDate.getTime() }),
      }
    } catch (error) {
      const isMissing = isRefusal<ResourceNotFoundException>(error, 'ResourceNotFoundException')
      // A secret that was never rotated has no previous version.
      if (stage === 'AWSPREVIOUS' && isMissing) return undefined
      throw error
    }
  }
}
