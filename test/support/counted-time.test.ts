import { createCountedTime } from './counted-time.ts'

test('a round counts as long as it took, and as half a second at most', () => {
  let now = 7000
  const countedMs = createCountedTime(() => now)
  const after = (ms: number) => {
    now += ms
    return countedMs()
  }
  expect([after(50), after(500), after(20_000), after(100)]).toEqual([50, 550, 1050, 1150])
})
