import fc from 'fast-check'
import {
  createKeys,
  type Keys,
  type KeysOptions,
  type SecretReader,
} from '../../../functions/shared/secrets/secrets.ts'

// Two environments, whose caches are out of step, sign and verify while the secret rotates, reads overlap, ids are
// forged, environments start and Secrets Manager fails. Whatever the order, no valid key is refused.

const MINUTE = 60_000
/** Keys are believed for up to an hour: rotations must be further apart. */
const ROTATION_MS = 62 * MINUTE

type Step =
  | { does: 'sign' | 'forge' | 'restart'; where: number }
  | { does: 'verify'; where: number; which: number }
  | { does: 'rotate' | 'fail' | 'recover' }
  | { does: 'wait'; ms: number }

const where = fc.constantFrom(0, 1)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ does: fc.constant('sign' as const), where }) },
  { weight: 6, arbitrary: fc.record({ does: fc.constant('verify' as const), where, which: fc.nat({ max: 2 }) }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constantFrom('forge' as const, 'restart'), where }) },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('rotate' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({ does: fc.constant('wait' as const), ms: fc.constantFrom(1, 5_000, 9_999, MINUTE) }),
  },
)
const failing = fc.record({ does: fc.constantFrom('fail' as const, 'recover') })

interface World {
  steps: Step[]
  /** The time for which a retired key may be accepted: 5 minutes, or an hour if the secret can't be read. */
  believedMs: number
}

type CreateKeys = (options: KeysOptions) => Keys

async function brokenRules(create: CreateKeys, scheduler: fc.Scheduler, { steps, believedMs }: World) {
  const broken = new Set<string>()
  const clock = { time: 1000 * ROTATION_MS, reads: 0, isDown: false }
  /** The times at which the versions became current. */
  const rotations = [0, clock.time - ROTATION_MS]
  const isLive = (id: string) => Number(id) >= rotations.length - 2

  const read: SecretReader = async (stage) => {
    clock.reads += 1
    await scheduler.schedule(Promise.resolve(), `read ${stage}`)
    const number = rotations.length - (stage === 'AWSCURRENT' ? 1 : 2)
    const createdAt = (rotations[number] ?? 0) - MINUTE
    const isDown = clock.isDown
    // The answer takes its time, too.
    await scheduler.schedule(Promise.resolve(), `answer ${stage} ${number}`)
    clock.reads -= 1
    if (isDown) throw new Error('down')
    return { versionId: String(number), value: String(number).padStart(32, '0'), createdAt }
  }
  const start = () => create({ read, now: () => clock.time, random: () => 0 })
  const environments = [start(), start()]
  const signed: string[] = []

  const sign = async (keys: Keys) => {
    const key = await keys.signingKey().catch(() => undefined)
    if (key && !isLive(key.id)) broken.add('signed with a dead key')
    if (key) signed.push(key.id)
  }
  const verify = async (keys: Keys, id: string) => {
    const diedAt = rotations[Number(id) + 2]
    const mustRefuse = diedAt !== undefined && clock.time >= diedAt + believedMs
    const key = await keys.verifyingKey(id).catch(() => 'unknown' as const)
    if (key === undefined && isLive(id)) broken.add('refused a live key')
    if (key && key !== 'unknown' && (mustRefuse || id === 'forged')) broken.add('accepted a dead key')
  }

  const calls: Promise<void>[] = []
  const perform = async (step: Step) => {
    if (step.does === 'sign') calls.push(sign(environments[step.where] ?? start()))
    else if (step.does === 'forge') calls.push(verify(environments[step.where] ?? start(), 'forged'))
    else if (step.does === 'restart') environments[step.where] = start()
    else if (step.does === 'verify') {
      const id = signed.at(-1 - step.which)
      if (id) calls.push(verify(environments[step.where] ?? start(), id))
    } else if (step.does === 'wait') {
      // A read takes seconds, not minutes.
      if (clock.reads === 0 || step.ms < MINUTE) clock.time += step.ms
    } else if (step.does === 'rotate') {
      // First the time for it comes, with what the caches hold by then; the next step rotates.
      const due = (rotations.at(-1) ?? 0) + ROTATION_MS
      if (clock.time >= due) rotations.push(clock.time)
      else if (clock.reads === 0) clock.time = due
    } else clock.isDown = step.does === 'fail'
  }
  scheduler.scheduleSequence(steps.map((step) => ({ builder: () => perform(step), label: JSON.stringify(step) })))
  await scheduler.waitIdle()
  await Promise.all(calls)
  return [...broken]
}

const manySteps = (steps: fc.Arbitrary<Step>) => fc.array(steps, { maxLength: 25, size: 'max' })

const rotatesSafely = (steps: fc.Arbitrary<Step>, believedMs: number) =>
  fc.asyncProperty(fc.scheduler(), manySteps(steps), async (scheduler, steps) =>
    expect(await brokenRules(createKeys, scheduler, { steps, believedMs })).toEqual([]),
  )

test('no live key is refused, and none that is dead signs or is accepted', async () => {
  await fc.assert(rotatesSafely(step, 5 * MINUTE), { numRuns: 3000 })
})

test('nor while Secrets Manager fails and recovers', async () => {
  const steps = fc.oneof({ weight: 5, arbitrary: step }, { weight: 1, arbitrary: failing })
  await fc.assert(rotatesSafely(steps, 60 * MINUTE), { numRuns: 3000 })
})

/** Each breaks one rule of the module from outside. */
const BROKEN = {
  'signs with a new version at once': (options) => {
    const newest = createKeys({
      ...options,
      read: async (s, x) => (s === 'AWSPREVIOUS' ? undefined : options.read(s, x)),
    })
    return { ...createKeys(options), signingKey: newest.signingKey }
  },
  'starts to sign with a young version at once': ({ read, ...options }) =>
    createKeys({
      ...options,
      read: async (stage, signal) => {
        const found = await read(stage, signal)
        return found && { ...found, createdAt: 0 }
      },
    }),
  'reads the versions in the other order': ({ read, ...options }) => {
    let previous: ReturnType<SecretReader>
    return createKeys({
      ...options,
      async read(stage, signal) {
        if (stage === 'AWSPREVIOUS') return previous
        const found = await read('AWSPREVIOUS', signal)
        previous = Promise.resolve(found)
        return read(stage, signal)
      },
    })
  },
  'knows the newest only': ({ read, ...options }) =>
    createKeys({ ...options, read: async (stage, x) => (stage === 'AWSPREVIOUS' ? undefined : read(stage, x)) }),
} satisfies Record<string, CreateKeys>

test.each([
  ['signs with a new version at once', 'refused a live key'],
  ['starts to sign with a young version at once', 'refused a live key'],
  ['reads the versions in the other order', 'signed with a dead key'],
  ['knows the newest only', 'refused a live key'],
] as const)('the rules see an environment that %s', async (flaw, rule) => {
  const keepsTheRule = fc.asyncProperty(fc.scheduler(), manySteps(step), async (scheduler, steps) => {
    const broken = await brokenRules(BROKEN[flaw], scheduler, { steps, believedMs: 5 * MINUTE })
    return !broken.includes(rule)
  })
  expect(await fc.check(keepsTheRule, { numRuns: 20_000, endOnFailure: true })).toHaveProperty('failed', true)
})
