import { createHash, timingSafeEqual } from 'node:crypto'
import { createCache } from '../cache/cache.ts'
import type { Clock, Random } from '../clock.ts'
import { AppError } from '../errors.ts'
import type { SecretReader } from '../secrets/secrets.ts'
import type { HttpRequest } from './request.ts'

/** Whether a request came through the edge, so that the `cloudfront-viewer-*` headers are the edge's and no visitor's. */
export type EdgeCheck = (request: Pick<HttpRequest, 'headers'>, signal?: AbortSignal) => Promise<boolean>

export interface EdgeCheckOptions {
  /** Of the origin secret; `undefined`: there is no edge, and nothing is believed. */
  read: SecretReader | undefined
  now: Clock
  random: Random
  /** Gets what a read of the secret failed with; an hour after the last good one, no request is believed. */
  onError?: (error: unknown) => void
}

const ORIGIN_SECRET_HEADER = 'x-origin-secret'
/** How long the secret's versions are believed. */
const TTL_MS = 300_000
/** How old they may become while the secret can't be read. */
const STALE_MS = 3_600_000
/** Between two reads that wrong headers cause, so that forged ones can't hammer the API; and after a read that failed. */
const PAUSE_MS = 10_000
/** Of a version, in characters: an empty or guessable one opens to nobody. */
const MIN_LENGTH = 32

/**
 * Compares the header `x-origin-secret` with the current and the previous version of the secret: after a rotation the
 * edge sends the old one until it is deployed. A header that is neither causes a read, at most one in 10 seconds, so
 * that a new version is believed as soon as the edge sends it.
 *
 * It never rejects: while the secret can't be read, visits go on as if they had not come through the edge.
 */
export function createEdgeCheck({ read, now, random, onError }: EdgeCheckOptions): EdgeCheck {
  if (!read) return async () => false
  const cache = createCache<Buffer[]>({
    ttlMs: TTL_MS,
    staleIfErrorMs: STALE_MS,
    isRetryable: () => true,
    maxEntries: 1,
    now,
    random,
  })
  let readAt = Number.NEGATIVE_INFINITY
  let failure: { error: unknown } | undefined

  async function load(signal: AbortSignal): Promise<Buffer[]> {
    // Nobody waits again and again for a secret that can't be read.
    if (failure && now() - readAt < PAUSE_MS) throw failure.error
    readAt = now()
    failure = undefined
    try {
      return await readDigests(read as SecretReader, signal)
    } catch (error) {
      // A read that its callers gave up says nothing about the secret.
      if (!signal.aborted) {
        failure = { error }
        onError?.(error)
      }
      throw error
    }
  }

  const matches = async (sent: Buffer, signal: AbortSignal | undefined) => {
    const digests = (await cache.get('versions', load, signal)) ?? []
    // All of them, so that the time tells nothing.
    return digests.filter((digest) => timingSafeEqual(digest, sent)).length > 0
  }

  return async ({ headers }, signal) => {
    const header = headers[ORIGIN_SECRET_HEADER]
    if (!header) return false
    const sent = digestOf(header)
    try {
      if (await matches(sent, signal)) return true
      if (now() - readAt < PAUSE_MS) return false
      cache.expire('versions')
      return await matches(sent, signal)
    } catch {
      return false
    }
  }
}

/** Of equal length, as a comparison in constant time needs it. */
function digestOf(value: string): Buffer {
  return createHash('sha256').update(value).digest()
}

/** @throws AppError for a version that is too short, and what the reader throws. */
async function readDigests(read: SecretReader, signal: AbortSignal): Promise<Buffer[]> {
  // A rotation between the two reads hides a version: the header that bears it causes another read.
  const versions = [await read('AWSCURRENT', signal), await read('AWSPREVIOUS', signal)]
  const values = versions.flatMap((version) => (version ? [version.value] : []))
  if (values.every(({ length }) => length >= MIN_LENGTH)) return values.map(digestOf)
  throw new AppError('dependency-failed', `The origin secret needs ${MIN_LENGTH} characters at least.`)
}
