import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import {
  DeletePublicAccessBlockCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose'
import type { LocalCloud } from '../support/settings.ts'
import { UserError } from '../support/user-error.ts'
import { ensureBucket, s3Client } from './buckets.ts'
import { createFile } from './lock.ts'

/**
 * The OIDC issuer of a local cloud, which this tool provides: a key pair in `.local/<port>`, its public half in the
 * local S3.
 */
const BUCKET = 'stackyard-issuer'
/** API Gateway's JWT authorizer supports RSA only. */
const ALGORITHM = 'RS256'
export const AUDIENCE = 'stackyard'

export function issuerUrl(cloud: LocalCloud): string {
  return `${cloud.endpoint}/${BUCKET}`
}

/** Uploads the discovery document and the key set to the place where the local API Gateway fetches them. */
export async function publishIssuer(cloud: LocalCloud): Promise<void> {
  const { kty, n, e, kid } = await signingKey(cloud)
  const jwks = { keys: [{ kty, n, e, kid, alg: ALGORITHM, use: 'sig' }] }
  const discovery = { issuer: issuerUrl(cloud), jwks_uri: `${issuerUrl(cloud)}/jwks.json` }
  const s3 = s3Client(cloud)
  try {
    await ensureBucket(s3, BUCKET)
    await makePublic(s3)
    await putJson(s3, '.well-known/openid-configuration', discovery)
    await putJson(s3, 'jwks.json', jwks)
  } finally {
    s3.destroy()
  }
}

export interface TokenClaims {
  sub: string
  /** Absent: the token has no tenant claim. */
  tenant?: string | undefined
  /** Scopes, separated by spaces. */
  scope: string
}

/** Signs a JWT that the local cloud's APIs accept, valid for an hour. */
export async function signToken(cloud: LocalCloud, { sub, tenant, scope }: TokenClaims): Promise<string> {
  const key = await signingKey(cloud)
  return new SignJWT({ scope, ...(tenant !== undefined && { tenant }) })
    .setProtectedHeader({ alg: ALGORITHM, ...(key.kid && { kid: key.kid }) })
    .setSubject(sub)
    .setIssuer(issuerUrl(cloud))
    .setAudience(AUDIENCE)
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(await importJWK(key, ALGORITHM))
}

/** Returns the key of the port, which its first use creates. */
async function signingKey(cloud: LocalCloud): Promise<JWK> {
  const file = join(cloud.directory, 'issuer.json')
  if (!existsSync(file)) {
    const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true })
    const jwk = await exportJWK(privateKey)
    mkdirSync(dirname(file), { recursive: true })
    // If another command was faster, its key is used.
    createFile(file, JSON.stringify({ ...jwk, kid: await calculateJwkThumbprint(jwk) }))
  }
  return readKey(file)
}

function readKey(file: string): JWK {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new UserError(
      `The issuer's key in ${file} is unreadable: delete the file, and run "npm start" to create a new one.`,
      {
        cause: error,
      },
    )
  }
}

/** Makes the bucket public: with IAM enforced, API Gateway's own unsigned read would be refused. */
async function makePublic(s3: S3Client): Promise<void> {
  const statement = {
    Effect: 'Allow',
    Principal: '*',
    Action: 's3:GetObject',
    Resource: `arn:aws:s3:::${BUCKET}/*`,
  }
  await s3.send(new DeletePublicAccessBlockCommand({ Bucket: BUCKET }))
  await s3.send(
    new PutBucketPolicyCommand({
      Bucket: BUCKET,
      Policy: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }),
    }),
  )
}

async function putJson(s3: S3Client, key: string, value: unknown): Promise<void> {
  await s3.send(
    new PutObjectCommand({ Bucket: BUCKET, Key: key, Body: JSON.stringify(value), ContentType: 'application/json' }),
  )
}
