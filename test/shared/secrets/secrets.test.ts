import { AppError } from '../../../functions/shared/errors.ts'
import {
  createKeys,
  type Keys,
  type SecretReader,
  type SecretVersion,
} from '../../../functions/shared/secrets/secrets.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DOWN = new AppError('dependency-failed', 'Secrets Manager is down', { retryable: true })

const version = (number: number, createdAt?: number): SecretVersion => ({
  versionId: `v${number}`,
  value: `${number}`.padStart(32, '0'),
  ...(createdAt !== undefined && { createdAt }),
})

/** A secret that was rotated `rotations` times, long ago, and the keys of one environment. */
function environment({ rotations = 1 } = {}) {
  const secret = {
    time: 100 * HOUR,
    versions: Array.from({ length: rotations + 1 }, (_, number) => version(number)),
    error: undefined as Error | undefined,
    reads: [] as string[],
  }
  const read: SecretReader = async (stage) => {
    secret.reads.push(stage)
    if (secret.error) throw secret.error
    return secret.versions.at(stage === 'AWSCURRENT' ? -1 : -2)
  }
  const rotate = () => secret.versions.push(version(secret.versions.length, secret.time))
  const start = () => createKeys({ read, now: () => secret.time, random: () => 0 })
  const keys = start()
  const signer = async (by = keys) => (await by.signingKey()).id
  const accepts = async (id: string) => (await keys.verifyingKey(id))?.id === id
  return { secret, rotate, start, keys, signer, accepts }
}

test('the newest signs, and both verify', async () => {
  const { keys, signer, accepts } = environment({ rotations: 3 })
  expect(await signer()).toBe('v3')
  expect(await keys.verifyingKey('v3')).toEqual({ id: 'v3', secret: version(3).value })
  expect(await Promise.all(['v3', 'v2', 'v1', 'v0', ''].map(accepts))).toEqual([true, true, false, false, false])
})

test('a secret that never rotated has one key', async () => {
  const { signer, accepts } = environment({ rotations: 0 })
  expect(await signer()).toBe('v0')
  expect(await accepts('v0')).toBe(true)
  expect(await accepts('undefined')).toBe(false)
})

test('both versions are read once in 5 minutes, however many ask', async () => {
  const { secret, signer, accepts } = environment()
  await Promise.all([signer(), signer(), accepts('v0')])
  secret.time += 5 * MINUTE - 1
  await signer()
  expect(secret.reads).toEqual(['AWSCURRENT', 'AWSPREVIOUS'])
  secret.time += 1
  await signer()
  expect(secret.reads).toHaveLength(4)
})

describe('an unknown id', () => {
  test('is looked for at once: the first thing that a new key signed is accepted', async () => {
    const { rotate, signer, accepts } = environment()
    await signer()
    rotate()
    expect(await accepts('v2')).toBe(true)
    expect(await accepts('v1')).toBe(true)
  })

  test('causes one read in 10 seconds, however many are forged', async () => {
    const { secret, accepts } = environment()
    await Promise.all(Array.from({ length: 50 }, (_, index) => accepts(`forged-${index}`)))
    expect(secret.reads).toHaveLength(4)
    secret.time += 9_999
    expect(await accepts('forged')).toBe(false)
    expect(secret.reads).toHaveLength(4)
    secret.time += 1
    expect(await accepts('forged')).toBe(false)
    expect(secret.reads).toHaveLength(6)
  })

  test('is read right after an ordinary read, too', async () => {
    const { secret, rotate, signer, accepts } = environment()
    await signer()
    secret.time += 5 * MINUTE
    await signer()
    rotate()
    expect(await accepts('v2')).toBe(true)
  })

  test('of a key two rotations old is refused, after the 5 minutes of an environment that knew it', async () => {
    const { secret, rotate, start, accepts } = environment()
    expect(await accepts('v0')).toBe(true)
    rotate()
    expect(await start().verifyingKey('v0')).toBeUndefined()
    secret.time += 5 * MINUTE
    expect(await accepts('v0')).toBe(false)
  })
})

describe('a new version verifies for 10 seconds before it signs', () => {
  test('in an environment that saw it come', async () => {
    const { secret, rotate, signer, accepts } = environment()
    await signer()
    rotate()
    await accepts('v2')
    secret.time += 9_999
    expect(await signer()).toBe('v1')
    secret.time += 1
    expect(await signer()).toBe('v2')
  })

  test.each([
    ['but one that starts within an hour of its creation lets it settle', HOUR - 1, 'v1'],
    ['and one that starts later signs with it at once', HOUR, 'v2'],
  ])('%s', async (_, age, expected) => {
    const { secret, rotate, start, signer } = environment()
    rotate()
    secret.time += age
    const started = start()
    expect(await signer(started)).toBe(expected)
    secret.time += 10_000
    expect(await signer(started)).toBe('v2')
  })

  test('unless there is no other', async () => {
    const { secret, start, signer } = environment()
    secret.versions = [version(7, secret.time)]
    expect(await signer(start())).toBe('v7')
  })

  test('so a forged id right before the rotation fails no request after it', async () => {
    const { secret, rotate, start, signer, accepts } = environment()
    const other = start()
    await signer(other)
    await accepts('forged')
    rotate()
    await other.verifyingKey('v2')
    for (const wait of [0, 5_000, 4_999, 1, 10_000]) {
      secret.time += wait
      expect(await accepts(await signer(other))).toBe(true)
    }
    expect(await signer(other)).toBe('v2')
  })

  test('and another read in between neither ends nor renews the 10 seconds', async () => {
    const { secret, rotate, signer, accepts } = environment()
    await signer()
    rotate()
    secret.time += 5 * MINUTE
    await signer()
    secret.time += 9_999
    await accepts('forged')
    expect(secret.reads).toHaveLength(6)
    expect(await signer()).toBe('v1')
    secret.time += 1
    expect(await signer()).toBe('v2')
  })
})

describe('a rotation between the two reads', () => {
  /** An environment whose secret rotates after each of so many reads of AWSCURRENT. */
  function torn(rotations: number) {
    const { secret, rotate } = environment({ rotations: 2 })
    let left = rotations
    const read: SecretReader = async (stage) => {
      const found = secret.versions.at(stage === 'AWSCURRENT' ? -1 : -2)
      if (stage === 'AWSCURRENT' && left-- > 0) rotate()
      return found
    }
    return createKeys({ read, now: () => secret.time, random: () => 0 })
  }

  test('is noticed, and both are read again', async () => {
    const keys = torn(1)
    expect(await Promise.all(['v3', 'v2', 'v1'].map(async (id) => (await keys.verifyingKey(id))?.id))).toEqual([
      'v3',
      'v2',
      undefined,
    ])
  })

  test('each time, is given up after the second try', async () => {
    const error = { code: 'dependency-failed', retryable: true, message: 'The secret rotated during each of 2 reads.' }
    await expect(torn(2).signingKey()).rejects.toMatchObject(error)
  })
})

describe('while the secret cannot be read', () => {
  test('known keys serve until they are an hour old', async () => {
    const { secret, signer, accepts } = environment()
    await signer()
    secret.error = DOWN
    secret.time += HOUR - 1
    expect(await signer()).toBe('v1')
    expect(await accepts('v0')).toBe(true)
    secret.time += 1
    await expect(signer()).rejects.toBe(DOWN)
    await expect(accepts('v0')).rejects.toBe(DOWN)
  })

  test('it is tried again every 10 seconds, and no request waits in between', async () => {
    const { secret, signer } = environment()
    await signer()
    secret.error = DOWN
    secret.time += 5 * MINUTE
    await Promise.all([signer(), signer()])
    secret.time += 9_999
    await signer()
    expect(secret.reads).toHaveLength(3)
    secret.time += 1
    await signer()
    expect(secret.reads).toHaveLength(4)
  })

  test('an unknown id is neither accepted nor refused', async () => {
    const { secret, rotate, signer, accepts } = environment()
    await signer()
    rotate()
    secret.error = DOWN
    await expect(accepts('v2')).rejects.toBe(DOWN)
    expect(await accepts('v1')).toBe(true)
    secret.error = undefined
    secret.time += 9_999
    await expect(accepts('v2')).rejects.toBe(DOWN)
    secret.time += 1
    expect(await accepts('v2')).toBe(true)
    expect(await accepts('forged')).toBe(false)
  })

  test('an environment without keys fails, and tries with each request', async () => {
    const { secret, signer } = environment()
    secret.error = DOWN
    await expect(signer()).rejects.toBe(DOWN)
    secret.error = undefined
    expect(await signer()).toBe('v1')
  })

  test('a secret without a value fails with what to do', async () => {
    const { secret, signer } = environment()
    secret.versions = []
    await expect(signer()).rejects.toThrow('set one with 32 random bytes')
  })

  test('a value that is too short is refused without being shown, and the known keys stay in use', async () => {
    const { secret, start, signer, accepts } = environment()
    await signer()
    secret.versions.push({ versionId: 'v2', value: 'p'.repeat(31) })
    await expect(start().signingKey()).rejects.toMatchObject({
      code: 'dependency-failed',
      retryable: false,
      message: 'Version v2 of the secret has 31 characters: it needs at least 32.',
    })
    secret.time += 5 * MINUTE
    expect(await signer()).toBe('v1')
    expect(await accepts('v0')).toBe(true)
  })
})

describe('deadlines', () => {
  /** An environment with keys that is about to read again, and waits as long as the test wants. */
  async function refreshing() {
    const { secret } = environment()
    const signals: (AbortSignal | undefined)[] = []
    let answer: Promise<unknown> = Promise.resolve()
    const read: SecretReader = async (stage, signal) => {
      signals.push(signal)
      await answer
      return secret.versions.at(stage === 'AWSCURRENT' ? -1 : -2)
    }
    const keys = createKeys({ read, now: () => secret.time, random: () => 0 })
    await keys.signingKey()
    secret.time += 5 * MINUTE
    const { promise, reject } = Promise.withResolvers<void>()
    answer = promise
    const recover = () => {
      answer = Promise.resolve()
    }
    return { secret, keys, signals, reject, recover }
  }

  test.each([
    ['signingKey', (keys: Keys, signal: AbortSignal) => keys.signingKey(signal)],
    ['verifyingKey', (keys: Keys, signal: AbortSignal) => keys.verifyingKey('v1', signal)],
  ])("a caller's signal ends the wait of %s, and a read that nobody waits for", async (_, call) => {
    const { keys, signals } = await refreshing()
    const hurried = new AbortController()
    const waiting = call(keys, hurried.signal)
    hurried.abort(new Error('deadline'))
    await expect(waiting).rejects.toThrow('deadline')
    expect(signals.at(-1)?.reason).toEqual(new Error('deadline'))
  })

  test('it ends the read for an unknown id, too', async () => {
    const { secret, keys, signals } = await refreshing()
    secret.time -= 5 * MINUTE
    const hurried = new AbortController()
    const waiting = keys.verifyingKey('v2', hurried.signal)
    await new Promise(setImmediate)
    expect(signals).toHaveLength(3)
    hurried.abort(new Error('deadline'))
    await expect(waiting).rejects.toThrow('deadline')
  })

  test('a read that was given up is no failure: the next call reads at once', async () => {
    const { keys, signals, reject, recover } = await refreshing()
    const hurried = new AbortController()
    const waiting = keys.signingKey(hurried.signal)
    hurried.abort()
    await expect(waiting).rejects.toThrow('aborted')
    reject()
    recover()
    await new Promise(setImmediate)
    expect((await keys.signingKey()).id).toBe('v1')
    expect(signals).toHaveLength(5)
  })
})
