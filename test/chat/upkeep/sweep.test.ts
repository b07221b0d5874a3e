import type { DueRoom } from '../../../functions/chat/domain/upkeep.ts'
import { sweep } from '../../../functions/chat/upkeep/sweep.ts'

const { signal } = new AbortController()
const due = (room: string, dueAt: number): DueRoom => ({ tenant: 'acme', room, dueAt })

/** Runs a sweep in which each step takes a millisecond, and returns its result and the rooms of its steps. */
async function swept(rooms: readonly DueRoom[], { until = 100, stepsOf = (_room: string): number => 1 } = {}) {
  let time = 0
  const steps: string[] = []
  const failures: string[] = []
  const run = sweep({
    listDue: async () => rooms,
    now: () => time,
    onFailure: ({ room }) => failures.push(room),
    async keepUp({ room }) {
      time += 1
      steps.push(room)
      if (room === 'broken') throw new Error('No')
      return steps.filter((each) => each === room).length >= stepsOf(room)
    },
  })
  return { result: await run(until, signal), steps, failures }
}

test('the room that has waited longest comes first, and one with much to do holds up no other', async () => {
  const rooms = [due('small', 2), due('large', 1)]
  const { result, steps } = await swept(rooms, { stepsOf: (room) => (room === 'large' ? 3 : 1) })
  expect(steps).toEqual(['large', 'small', 'large', 'large'])
  expect(result).toEqual({ done: 2, failed: 0, isComplete: true })
})

test('a room that fails is left to the next run, and the others go on', async () => {
  const { result, steps, failures } = await swept([due('broken', 1), due('fine', 2)])
  expect(steps).toEqual(['broken', 'fine'])
  expect(failures).toEqual(['broken'])
  expect(result).toEqual({ done: 1, failed: 1, isComplete: true })
})

test('no step begins after the time is up, and the run says that it is not complete', async () => {
  const { result, steps } = await swept([due('large', 1)], { until: 5, stepsOf: () => 1000 })
  expect(steps).toHaveLength(5)
  expect(result).toEqual({ done: 0, failed: 0, isComplete: false })
})
