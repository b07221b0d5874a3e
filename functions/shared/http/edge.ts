import { createHash, timingSafeEqual } from 'node:crypto'
import { createCache } from '../cache/cache.ts'
import type { Clock, Random } from '../clock.ts'
import { AppError } from '../errors.ts'
import type { SecretReader } from '../secrets/secrets.ts'
import type { HttpRequest } from './request.ts'

/** Checks whether a request came through the edge, so that its `cloudfront-viewer-*` headers can be trusted. */
export type EdgeCheck = (request: Pick<HttpRequest, 'headers'>, signal?: AbortSignal) => Promise<boolean>

export interface EdgeCheckOptions {
  /** Reads the origin secret; `undefined` if there is no edge, so that no request passes. */
  read: SecretReader | undefined
  now: Clock
  random: Random
  /** Receives the error of a failed read of the secret. An hour after the last successful read no request passes. */
  onError?: (error: unknown) => void
}

const ORIGIN_SECRET_HEADER = 'x-origin-secret'
/** The time for which the secret's versions are cached. */
const TTL_MS = 300_000
/** The maximum age of cached versions while the secret can't be read. */
const STALE_MS = 3_600_000
/**
 * The pause between reads caused by wrong headers, so that forged ones can't flood the API, and after a failed read.
 */
const PAUSE_MS = 10_000
/** The minimum length of a version, in characters: an empty or guessable one is never accepted. */
const MIN_LENGTH = 32

/**
 * Creates a check that compares the header `x-origin-secret` with the current and the previous version of the secret:
 * after a rotation the edge sends the old one until it is deployed. Any other value causes a read, at most once in 10
 * seconds, so that a new version is accepted as soon as the edge sends it.
 *
 * The check never rejects: while the secret can't be read, requests are handled as if they had bypassed the edge.
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
    // Requests don't wait repeatedly for a secret that can't be read.
    if (failure && now() - readAt < PAUSE_MS) throw failure.error
    readAt = now()
    failure = undefined
    try {
      return await readDigests(read as SecretReader, signal)
    } catch (error) {
      // A read that its callers abandoned says nothing about the secret.
      if (!signal.aborted) {
        failure = { error }
        onError?.(error)
      }
      throw error
    }
  }

  const matches = async (sent: Buffer, signal: AbortSignal | undefined) => {
    const digests = (await cache.get('versions', load, signal)) ?? []
    // All versions are compared, so that the time reveals nothing.
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

/** Returns a digest, because a comparison in constant time needs values of equal length. */
function digestOf(value: string): Buffer {
  return createHash('sha256').update(value).digest()
}

/** @throws AppError for a version that is too short, and what the reader throws. */
async function readDigests(read: SecretReader, signal: AbortSignal): Promise<Buffer[]> {
  // A rotation between the two reads hides a version: a header with it causes another read.
  const versions = [await read('AWSCURRENT', signal), await read('AWSPREVIOUS', signal)]
  const values = versions.flatMap((version) => (version ? [version.value] : []))
  if (values.every(({ length }) => length >= MIN_LENGTH)) return values.map(digestOf)
  throw new AppError('dependency-failed', `The origin secret needs at least ${MIN_LENGTH} characters.`)
}
