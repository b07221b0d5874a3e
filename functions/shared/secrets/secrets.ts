import { createCache } from '../cache/cache.ts'
import type { Clock, Random } from '../clock.ts'
import { AppError } from '../errors.ts'

/** Secrets Manager's staging labels: a rotation moves both at once, to the new version and to the one before it. */
export type SecretStage = 'AWSCURRENT' | 'AWSPREVIOUS'

export interface SecretVersion {
  versionId: string
  value: string
  /** Milliseconds since the epoch. Without it, a new version signs at once: see `SETTLE_MS`. */
  createdAt?: number
}

/** Reads one version of a secret; `undefined`: no version has this label. */
export type SecretReader = (stage: SecretStage, signal?: AbortSignal) => Promise<SecretVersion | undefined>

/** Never log one, nor an object that holds one. */
export interface Key {
  /** The version's id, to put beside what the key signed: it is not secret. */
  readonly id: string
  /** At least 32 characters. Derive what you use from it (HKDF), so that two uses of a secret share no key. */
  readonly secret: string
}

/** The two live keys of one secret. Both methods throw what the reader throws, once no key younger than 1 h is known. */
export interface Keys {
  /** The newest key, but for the first 10 seconds after a rotation: see `SETTLE_MS`. */
  signingKey: (signal?: AbortSignal) => Promise<Key>
  /**
   * The key with this id; `undefined`: it is neither the newest nor the one before, so refuse what it signed.
   *
   * @throws also if the id is unknown and the last read failed: that is no proof that there is no such key.
   */
  verifyingKey: (id: string, signal?: AbortSignal) => Promise<Key | undefined>
}

export interface KeysOptions {
  read: SecretReader
  now: Clock
  random: Random
}

/** How long keys are believed. */
const TTL_MS = 300_000
/** How old they may become while the secret can't be read. */
const STALE_MS = 3_600_000
/** Between two reads that unknown ids cause, so that forged ones can't hammer the API; and after a read that failed. */
const PAUSE_MS = 10_000
/**
 * How long a new version only verifies. An environment that just looked for a forged id, right before the rotation,
 * looks again after `PAUSE_MS`: until then nothing that it couldn't verify must be signed.
 */
const SETTLE_MS = PAUSE_MS
/**
 * An environment that starts, or was frozen for long, can't know when a version became current. Created longer ago, it
 * counts as settled: else the key before would go on signing here until it dies in the next rotation.
 */
const YOUNG_MS = 3_600_000
/** A rotation between the two reads costs another try. */
const MAX_TRIES = 2
/** Of a value, in characters. */
const MIN_LENGTH = 32

interface KeySet {
  current: Key
  previous: Key | undefined
  /** Until then, `previous` signs. */
  settledAt: number
}

/**
 * Keys of one secret, by its versions: sign with the newest, verify with both. An id that isn't known causes a read at
 * once, so that an environment learns of a rotation from the first thing that the new key signed.
 *
 * Rotations must be more than an hour apart (`STALE_MS`, `YOUNG_MS`): what is signed within it may have the key before.
 * Secrets Manager's own schedules are 4 hours apart at least.
 */
export function createKeys({ read, now, random }: KeysOptions): Keys {
  const keySets = createCache<KeySet>({
    ttlMs: TTL_MS,
    staleIfErrorMs: STALE_MS,
    isRetryable: () => true,
    maxEntries: 1,
    now,
    random,
  })
  let latest: KeySet | undefined
  let failure: { at: number; error: unknown } | undefined
  let soughtAt = Number.NEGATIVE_INFINITY

  async function load(signal: AbortSignal): Promise<KeySet> {
    // Where old keys can stand in, nobody waits again and again for a secret that can't be read.
    if (failure && latest && now() - failure.at < PAUSE_MS) throw failure.error
    try {
      const [current, previous] = await readVersions(read, signal)
      const isNew = latest?.current.id !== current.versionId && now() - (current.createdAt ?? 0) < YOUNG_MS
      const settledAt = isNew ? now() + SETTLE_MS : (latest?.settledAt ?? 0)
      latest = { current: toKey(current), previous: previous && toKey(previous), settledAt }
      failure = undefined
      return latest
    } catch (error) {
      // A read that its callers gave up says nothing about the secret.
      if (!signal.aborted) failure = { at: now(), error }
      throw error
    }
  }

  // The load never finds nothing: it throws.
  const keySet = (signal?: AbortSignal) => keySets.get('keys', load, signal) as Promise<KeySet>

  return {
    async signingKey(signal) {
      const { current, previous, settledAt } = await keySet(signal)
      return previous && now() < settledAt ? previous : current
    },
    async verifyingKey(id, signal) {
      const known = find(await keySet(signal), id)
      if (known) return known
      if (now() - soughtAt >= PAUSE_MS) {
        soughtAt = now()
        keySets.expire('keys')
      }
      const found = find(await keySet(signal), id)
      if (!found && failure) throw failure.error
      return found
    },
  }
}

function find({ current, previous }: KeySet, id: string): Key | undefined {
  return [current, previous].find((key) => key?.id === id)
}

/**
 * Both versions, as they were at one moment. The order matters: if a rotation comes between the reads, both find the
 * same version. The other way round they would miss the one in the middle, and nobody would notice.
 */
async function readVersions(read: SecretReader, signal: AbortSignal): Promise<[SecretVersion, SecretVersion?]> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const current = await read('AWSCURRENT', signal)
    if (!current) throw new AppError('dependency-failed', 'The secret has no value yet: put one with 32 random bytes.')
    const previous = await read('AWSPREVIOUS', signal)
    if (!previous) return [current]
    if (previous.versionId !== current.versionId) return [current, previous]
  }
  throw new AppError('dependency-failed', `The secret rotated during each of ${MAX_TRIES} reads.`, { retryable: true })
}

/** The message has the length only: it goes to the log. */
function toKey({ versionId, value }: SecretVersion): Key {
  if (value.length >= MIN_LENGTH) return { id: versionId, secret: value }
  throw new AppError(
    'dependency-failed',
    `Version ${versionId} of the secret has ${value.length} characters: it needs ${MIN_LENGTH} at least.`,
  )
}
