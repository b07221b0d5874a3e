import { inLanes } from '../../tools/test/lanes.ts'
import { settle } from '../support/fake-clock.ts'

/** Work that continues until a test ends it. */
function controlledWork() {
  const begun: string[] = []
  const ends = new Map<string, (error?: Error) => void>()
  const work = (item: string) =>
    new Promise<void>((resolve, reject) => {
      begun.push(item)
      ends.set(item, (error) => (error ? reject(error) : resolve()))
    })
  const end = async (item: string, error?: Error) => {
    ends.get(item)?.(error)
    await settle()
  }
  return { begun, work, end }
}

test('the given number of items is processed at a time, in order, each once', async () => {
  const { begun, work, end } = controlledWork()
  const all = inLanes(2, ['a', 'b', 'c', 'd'], work)
  expect(begun).toEqual(['a', 'b'])
  await end('b')
  expect(begun).toEqual(['a', 'b', 'c'])
  await end('c')
  await end('a')
  await end('d')
  await all
  expect(begun).toEqual(['a', 'b', 'c', 'd'])
})

test('a failure is thrown after the other lanes have ended', async () => {
  const { work, end } = controlledWork()
  let thrown: unknown
  const all = inLanes(2, ['a', 'b'], work).catch((error) => {
    thrown = error
  })
  await end('a', new Error('It failed.'))
  expect(thrown).toBeUndefined()
  await end('b')
  await all
  expect(thrown).toEqual(new Error('It failed.'))
})
