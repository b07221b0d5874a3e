import { createHash, createHmac } from 'node:crypto'

export interface Credentials {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
}

export interface SignerOptions {
  /** As in `dynamodb`. */
  service: string
  region: string
  credentials: Credentials
}

/** Names in lower case. */
type Headers = Record<string, string>

/** The headers of a `POST /` with those that sign it; `now` is in milliseconds since the epoch. */
export type Sign = (request: { headers: Headers; body: string }, now: number) => Headers

const ALGORITHM = 'AWS4-HMAC-SHA256'

/**
 * Signature Version 4 for the one kind of request that AWS's JSON protocol has: no query, no path, a body of text. All
 * headers that are given are signed; their values must have no spaces to trim. Tests compare it with the SDK's signer,
 * which is built for every kind and takes 14 KB of a bundle.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function createSigner({ service, region, credentials }: SignerOptions): Sign {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials
  /** The key of a day, which nearly all requests share. */
  let key: { day: string; value: Buffer } = { day: '', value: Buffer.alloc(0) }

  const keyOf = (day: string) => {
    if (key.day !== day) {
      const secret = Buffer.from(`AWS4${secretAccessKey}`)
      key = { day, value: [day, region, service, 'aws4_request'].reduce(hmac, secret) }
    }
    return key.value
  }

  return ({ headers, body }, now) => {
    const time = new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, '')
    const day = time.slice(0, 8)
    const scope = `${day}/${region}/${service}/aws4_request`
    const all: Headers = {
      ...headers,
      'x-amz-date': time,
      ...(sessionToken && { 'x-amz-security-token': sessionToken }),
    }
    const names = Object.keys(all).sort()
    const signed = names.join(';')
    const canonical = ['POST', '/', '', ...names.map((name) => `${name}:${all[name]}`), '', signed, sha256(body)]
    const text = [ALGORITHM, time, scope, sha256(canonical.join('\n'))].join('\n')
    const signature = hmac(keyOf(day), text).toString('hex')
    const authorization = `${ALGORITHM} Credential=${accessKeyId}/${scope}, SignedHeaders=${signed}, Signature=${signature}`
    return { ...all, authorization }
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
