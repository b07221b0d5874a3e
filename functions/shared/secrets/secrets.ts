import { createCache } from '../cache/cache.ts'
import type { Clock, Random } from '../clock.ts'
import { AppError } from '../errors.ts'

/** Secrets Manager's staging labels. A rotation moves both at once, to the new version and to its predecessor. */
export type SecretStage = 'AWSCURRENT' | 'AWSPREVIOUS'

export interface SecretVersion {
  versionId: string
  value: string
  /** Milliseconds since the epoch. If it is absent, a new version signs at once: see `SETTLE_MS`. */
  createdAt?: number
}

/** Reads one version of a secret; `undefined` if no version has this label. */
export type SecretReader = (stage: SecretStage, signal?: AbortSignal) => Promise<SecretVersion | undefined>

/** A secret key. Never log one, nor an object that contains one. */
export interface Key {
  /** The version's id, which is not secret: store it with the signature. */
  readonly id: string
  /** At least 32 characters. Derive the actual key from it (HKDF), so that two uses of a secret share no key. */
  readonly secret: string
}

/**
 * The two live keys of one secret. Both methods throw the reader's error once no key read within the last hour is
 * known.
 */
export interface Keys {
  /** Returns the newest key, except for the first 10 seconds after a rotation: see `SETTLE_MS`. */
  signingKey: (signal?: AbortSignal) => Promise<Key>
  /**
   * Returns the key with this id; `undefined` if it is neither the newest nor the previous one: reject its signatures.
   *
   * @throws also if the id is unknown and the last read failed, because the key may still exist.
   */
  verifyingKey: (id: string, signal?: AbortSignal) => Promise<Key | undefined>
}

export interface KeysOptions {
  read: SecretReader
  now: Clock
  random: Random
}

/** The time for which keys are cached. */
const TTL_MS = 300_000
/** The maximum age of cached keys while the secret can't be read. */
const STALE_MS = 3_600_000
/** The pause between reads caused by unknown ids, so that forged ones can't flood the API, and after a failed read. */
const PAUSE_MS = 10_000
/**
 * The time for which a new version only verifies. An environment that looked for a forged id right before the rotation
 * reads again only after `PAUSE_MS`: until then nothing may be signed that it couldn't verify.
 */
const SETTLE_MS = PAUSE_MS
/**
 * The age from which a version counts as settled. An environment that starts, or was frozen for long, can't know when a
 * version became current; otherwise the previous key could still sign here when the next rotation retires it.
 */
const YOUNG_MS = 3_600_000
/** A rotation between the two reads costs another attempt. */
const MAX_TRIES = 2
/** The minimum length of a value, in characters. */
const MIN_LENGTH = 32

interface KeySet {
  current: Key
  previous: Key | undefined
  /** The time until which `previous` signs. */
  settledAt: number
}

/**
 * Creates the keys of one secret from its versions: the newest one signs, and both verify. An unknown id causes an
 * immediate read, so that an environment learns of a rotation from the first signature of the new key.
 *
 * Rotations must be more than an hour apart (`STALE_MS`, `YOUNG_MS`), because the previous key may still sign during
 * that hour. Secrets Manager's own schedules are at least 4 hours apart.
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
    // While old keys can be served, callers don't wait repeatedly for a secret that can't be read.
    if (failure && latest && now() - failure.at < PAUSE_MS) throw failure.error
    try {
      const [current, previous] = await readVersions(read, signal)
      const isNew = latest?.current.id !== current.versionId && now() - (current.createdAt ?? 0) < YOUNG_MS
      const settledAt = isNew ? now() + SETTLE_MS : (latest?.settledAt ?? 0)
      latest = { current: toKey(current), previous: previous && toKey(previous), settledAt }
      failure = undefined
      return latest
    } catch (error) {
      // A read that its callers abandoned says nothing about the secret.
      if (!signal.aborted) failure = { at: now(), error }
      throw error
    }
  }

  // The load never returns `undefined`: it throws instead.
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
 * Reads both versions as of one moment. The order matters: if a rotation happens between the reads, both return the
 * same version. In the opposite order they would silently skip the version in between.
 */
async function readVersions(read: SecretReader, signal: AbortSignal): Promise<[SecretVersion, SecretVersion?]> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const current = await read('AWSCURRENT', signal)
    if (!current) throw new AppError('dependency-failed', 'The secret has no value yet: set one with 32 random bytes.')
    const previous = await read('AWSPREVIOUS', signal)
    if (!previous) return [current]
    if (previous.versionId !== current.versionId) return [current, previous]
  }
  throw new AppError('dependency-failed', `The secret rotated during each of ${MAX_TRIES} reads.`, { retryable: true })
}

/** Builds a key. The error's message contains only the length, because it is logged. */
function toKey({ versionId, value }: SecretVersion): Key {
  if (value.length >= MIN_LENGTH) return { id: versionId, secret: value }
  throw new AppError(
    'dependency-failed',
    `Version ${versionId} of the secret has ${value.length} characters: it needs at least ${MIN_LENGTH}.`,
  )
}
