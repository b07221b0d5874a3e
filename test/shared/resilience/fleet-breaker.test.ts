import { fleetBreaker } from '../../../functions/shared/resilience/fleet-breaker.ts'
import { fleetWorld, OPEN_MS, PROBE_MS } from './fleet-world.ts'

/** A fleet of three, of which the first opened the circuit a second ago. */
async function openFleet() {
  const world = fleetWorld(3)
  for (const _ of [1, 2]) await world.result(0, 'failed')
  world.pass(1000)
  world.events.length = 0
  return world
}

test('a closed circuit lets calls through', async () => {
  const world = fleetWorld(1)
  expect(await world.result(0, 'answered')).toBe(true)
  expect(world.state()).toEqual({ kind: 'closed', until: 0, version: 0 })
})

test('the failures of one environment open the circuit for all, within a second', async () => {
  const world = fleetWorld(2)
  expect(await world.result(1, 'answered')).toBe(true)
  for (const _ of [1, 2]) await world.result(0, 'failed')
  expect(world.events).toEqual([{ type: 'opened', name: 'ses', environment: 0 }])
  expect(await world.result(0, 'answered')).toBe(false)
  expect(await world.result(1, 'answered')).toBe(true)
  world.pass(1000)
  expect(await world.result(1, 'answered')).toBe(false)
})

test('failures of several environments are not added up', async () => {
  const world = fleetWorld(2)
  await world.result(0, 'failed')
  await world.result(1, 'failed')
  expect(world.types()).toEqual([])
})

test('a refusal says how long to wait', async () => {
  const world = await openFleet()
  expect(await world.admit(0)).toEqual({ isAdmitted: false, retryAfterMs: OPEN_MS - 1000 })
})

test('it refuses until its time is over, and not a millisecond longer', async () => {
  const world = await openFleet()
  world.pass(OPEN_MS - 1001)
  expect(await world.call(1)).toBeUndefined()
  world.pass(1)
  expect(await world.call(1)).toMatchObject({ isProbe: true })
  expect(world.types()).toEqual(['half-opened'])
})

test('of all environments at once one probes', async () => {
  const world = await openFleet()
  world.pass(OPEN_MS)
  const calls = await Promise.all([0, 0, 1, 1, 2, 2].map((environment) => world.call(environment)))
  expect(calls.filter((call) => call?.isProbe)).toHaveLength(1)
  expect(calls.filter(Boolean)).toHaveLength(1)
  expect(world.types()).toEqual(['half-opened'])
})

test('while the probe is under way all others are refused, for a second at a time', async () => {
  const world = await openFleet()
  world.pass(OPEN_MS)
  await world.call(0)
  for (const environment of [0, 1, 2]) {
    expect(await world.admit(environment)).toEqual({ isAdmitted: false, retryAfterMs: 1000 })
  }
})

test('a probe that is answered closes the circuit for all, without a memory', async () => {
  const world = await openFleet()
  world.pass(OPEN_MS)
  expect(await world.result(1, 'answered')).toBe(true)
  expect(world.types()).toEqual(['half-opened', 'closed'])
  world.pass(1000)
  for (const environment of [0, 1, 2]) expect(await world.result(environment, 'answered')).toBe(true)
  await world.result(0, 'failed')
  expect(world.state().kind).toBe('closed')
})

test('a probe that fails opens it anew, which is no news', async () => {
  const world = await openFleet()
  world.pass(OPEN_MS)
  await world.result(1, 'failed')
  expect(world.types()).toEqual(['half-opened', 'reopened'])
  world.pass(OPEN_MS - 1)
  expect(await world.call(2)).toBeUndefined()
  world.pass(1)
  expect(await world.call(2)).toMatchObject({ isProbe: true })
})

test('a probe whose caller gave up leaves its place to the next call', async () => {
  const world = await openFleet()
  world.pass(OPEN_MS)
  await world.result(1, 'abandoned')
  expect(await world.call(1)).toMatchObject({ isProbe: true })
  expect(world.types()).toEqual(['half-opened', 'half-opened'])
})

test('a probe whose environment died is followed by another one, when it certainly has ended', async () => {
  const world = await openFleet()
  world.pass(OPEN_MS)
  await world.call(0)
  world.replace(0)
  world.pass(PROBE_MS - 1)
  expect(await world.call(1)).toBeUndefined()
  world.pass(1)
  expect(await world.call(1)).toMatchObject({ isProbe: true })
})

test('a probe that ends after another one took its place changes nothing', async () => {
  const world = await openFleet()
  world.pass(OPEN_MS)
  const late = await world.call(0)
  world.pass(PROBE_MS)
  const next = await world.call(1)
  await late?.end('answered')
  expect(world.state().kind).toBe('half-open')
  await next?.end('failed')
  expect(world.types()).toEqual(['half-opened', 'half-opened', 'reopened'])
})

test('calls that their caller gave up count neither way', async () => {
  const world = fleetWorld(1)
  await world.result(0, 'failed')
  await world.result(0, 'abandoned')
  expect(world.types()).toEqual([])
  await world.result(0, 'failed')
  expect(world.types()).toEqual(['opened'])
})

test('a call of an earlier period changes nothing', async () => {
  const world = fleetWorld(1)
  const [early, other] = [await world.call(0), await world.call(0)]
  for (const _ of [1, 2]) await world.result(0, 'failed')
  world.pass(OPEN_MS)
  await world.result(0, 'answered')
  await early?.end('failed')
  await other?.end('failed')
  expect(world.types()).toEqual(['opened', 'half-opened', 'closed'])
})

test('the state is read once a second at most, however many calls there are', async () => {
  const world = fleetWorld(1)
  await Promise.all(Array.from({ length: 50 }, () => world.result(0, 'answered')))
  world.pass(999)
  await world.result(0, 'answered')
  expect(world.reads[0]).toHaveLength(1)
  world.pass(1)
  await world.result(0, 'answered')
  expect(world.reads[0]).toHaveLength(2)
})

test('a new environment asks before its first calls', async () => {
  const world = await openFleet()
  world.replace(2)
  expect(await Promise.all([world.call(2), world.call(2)])).toEqual([undefined, undefined])
})

test('without the shared state calls go on by what was known last', async () => {
  const world = await openFleet()
  expect(await world.call(1)).toBeUndefined()
  world.break(true)
  world.pass(2000)
  expect(await world.call(1)).toBeUndefined()
  world.replace(2)
  expect(await world.result(2, 'failed')).toBe(true)
  expect(await world.result(2, 'failed')).toBe(true)
  expect(world.failures).toHaveLength(3)
  expect(world.types()).toEqual([])
  world.break(false)
  world.pass(1000)
  expect(await world.call(2)).toBeUndefined()
})

test('a clock that is set back keeps the circuit open no longer than its time', async () => {
  const world = await openFleet()
  world.pass(-60_000)
  expect(await world.call(1)).toMatchObject({ isProbe: true })
})

test('a clock that is set back does not hold up a probe that is under way', async () => {
  const world = await openFleet()
  world.pass(OPEN_MS)
  await world.call(0)
  world.pass(-1)
  expect(await world.call(0)).toMatchObject({ isProbe: true })
})

test('a closed state that was deleted begins anew', async () => {
  const world = await openFleet()
  world.pass(OPEN_MS)
  await world.result(0, 'answered')
  world.forget()
  world.pass(1000)
  for (const _ of [1, 2]) await world.result(0, 'failed')
  expect(world.types()).toEqual(['half-opened', 'closed', 'opened'])
})

test.each([0, 900_001, Number.NaN])('an openMs or a probeMs of %p is refused', (ms) => {
  const make = (options: object) => () => fleetWorld(1, (given) => fleetBreaker({ ...given, ...options }))
  expect(make({ openMs: ms })).toThrow(new RangeError(`openMs is ${ms}: it must be from 1 to 900000.`))
  expect(make({ probeMs: ms })).toThrow(new RangeError(`probeMs is ${ms}: it must be from 1 to 900000.`))
})
