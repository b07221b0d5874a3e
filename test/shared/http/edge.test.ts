import { AppError } from '../../../functions/shared/errors.ts'
import { createEdgeCheck } from '../../../functions/shared/http/edge.ts'
import type { SecretReader } from '../../../functions/shared/secrets/secrets.ts'

const MINUTE = 60_000
const DOWN = new AppError('dependency-failed', 'Secrets Manager is down', { retryable: true })
const secretOf = (version: number) => `${version}`.padStart(32, 'x')

/** A secret with these versions, the newest last, and a function that checks. */
function environment(versions = [secretOf(0), secretOf(1), secretOf(2)]) {
  const world = {
    time: 0,
    versions,
    error: undefined as Error | undefined,
    reads: [] as string[],
    errors: [] as unknown[],
  }
  const read: SecretReader = async (stage) => {
    world.reads.push(stage)
    if (world.error) throw world.error
    const value = world.versions.at(stage === 'AWSCURRENT' ? -1 : -2)
    return value === undefined ? undefined : { versionId: value.slice(-1), value }
  }
  const onError = (error: unknown) => world.errors.push(error)
  const check = createEdgeCheck({ read, now: () => world.time, random: () => 0, onError })
  const isFromEdge = (value?: string) => check({ headers: { 'x-origin-secret': value } })
  return { world, isFromEdge }
}

test('the current and the previous version are accepted, and no older one', async () => {
  const { isFromEdge } = environment()
  expect(await Promise.all([2, 1, 0].map((version) => isFromEdge(secretOf(version))))).toEqual([true, true, false])
})

test('a secret that was never rotated has one version', async () => {
  const { isFromEdge } = environment([secretOf(0)])
  expect(await isFromEdge(secretOf(0))).toBe(true)
  expect(await isFromEdge('undefined')).toBe(false)
})

test.each([undefined, ''])('a request with the header %j does not pass, and causes no read', async (header) => {
  const { world, isFromEdge } = environment([''])
  expect(await isFromEdge(header)).toBe(false)
  expect(world.reads).toEqual([])
})

test('without a secret no header is accepted', async () => {
  const check = createEdgeCheck({ read: undefined, now: () => 0, random: () => 0 })
  expect(await check({ headers: { 'x-origin-secret': secretOf(0) } })).toBe(false)
})

test.each([
  'x'.repeat(31),
  `${secretOf(2)},${secretOf(2)}`,
  secretOf(2).toUpperCase(),
  ` ${secretOf(2)}`,
])('%j is another value', async (header) => {
  const { isFromEdge } = environment()
  expect(await isFromEdge(header)).toBe(false)
})

test('the versions are read once in 5 minutes, however many ask', async () => {
  const { world, isFromEdge } = environment()
  await Promise.all([isFromEdge(secretOf(2)), isFromEdge(secretOf(1)), isFromEdge('forged')])
  world.time = 5 * MINUTE - 1
  await isFromEdge(secretOf(2))
  expect(world.reads).toEqual(['AWSCURRENT', 'AWSPREVIOUS'])
  world.time = 5 * MINUTE
  await isFromEdge(secretOf(2))
  expect(world.reads).toHaveLength(4)
})

test('a new version is accepted as soon as the edge sends it', async () => {
  const { world, isFromEdge } = environment()
  await isFromEdge(secretOf(2))
  world.time = 10_000
  world.versions.push(secretOf(3))
  expect(await isFromEdge(secretOf(3))).toBe(true)
  expect(await isFromEdge(secretOf(2))).toBe(true)
  expect(await isFromEdge(secretOf(1))).toBe(false)
})

test('wrong headers cause one read in 10 seconds', async () => {
  const { world, isFromEdge } = environment()
  for (world.time = 0; world.time < MINUTE; world.time += 1000) await isFromEdge('forged')
  expect(world.reads).toHaveLength(2 * 6)
})

describe('while the secret can’t be read', () => {
  test('cached versions are accepted for an hour, and the failure is reported', async () => {
    const { world, isFromEdge } = environment()
    await isFromEdge(secretOf(2))
    world.error = DOWN
    world.time = 60 * MINUTE - 1
    expect(await isFromEdge(secretOf(2))).toBe(true)
    expect(world.errors).toEqual([DOWN])
    world.time = 61 * MINUTE
    expect(await isFromEdge(secretOf(2))).toBe(false)
  })

  test('no unknown value is accepted, and the read is retried every 10 seconds', async () => {
    const { world, isFromEdge } = environment()
    world.error = DOWN
    for (world.time = 0; world.time < 20_000; world.time += 1000) expect(await isFromEdge(secretOf(2))).toBe(false)
    expect(world.reads).toEqual(['AWSCURRENT', 'AWSCURRENT'])
    world.error = undefined
    world.time = 20_000
    expect(await isFromEdge(secretOf(2))).toBe(true)
  })
})

test('a guessable version is never accepted', async () => {
  const { world, isFromEdge } = environment(['short'])
  expect(await isFromEdge('short')).toBe(false)
  expect(String(world.errors[0])).toContain('needs at least 32 characters')
  expect(String(world.errors[0])).not.toContain('short')
})

test('a caller that gives up does not pass, and the next one causes a new read', async () => {
  const values = [secretOf(2), secretOf(1)]
  const errors: unknown[] = []
  let isHanging = true
  const check = createEdgeCheck({
    read: (_stage, signal) => {
      if (!isHanging) return Promise.resolve({ versionId: 'any', value: values.pop() ?? '' })
      return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
    },
    now: () => 0,
    random: () => 0,
    onError: (error) => errors.push(error),
  })
  const request = { headers: { 'x-origin-secret': secretOf(2) } }
  const controller = new AbortController()
  const waiting = check(request, controller.signal)
  controller.abort()
  expect(await waiting).toBe(false)
  isHanging = false
  expect(await check(request)).toBe(true)
  expect(errors).toEqual([])
})
