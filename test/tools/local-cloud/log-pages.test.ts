import { type ReadLogPage, readGroup } from '../../../tools/local-cloud/log-pages.ts'

const PAGE = 10_000
const event = (timestamp: number, message: string) => ({ timestamp, message, logStreamName: 'a' })

/** An engine that returns a full page, and no token for the next. */
function engine(events: ReturnType<typeof event>[]) {
  const starts: number[] = []
  const read: ReadLogPage = async (startTime) => {
    starts.push(startTime)
    return { events: events.filter(({ timestamp }) => timestamp >= startTime).slice(0, PAGE) }
  }
  return { read, starts }
}

test('the newest lines are read, however many precede them', async () => {
  const { read } = engine(Array.from({ length: 25_000 }, (_, index) => event(1000 + Math.floor(index / 3), `${index}`)))
  const lines = await readGroup(read, 'Orders/Api', 0)
  expect(lines).toHaveLength(25_000)
  expect(lines.at(-1)).toMatchObject({ name: 'Orders/Api', message: '24999' })
})

test('a page that is not full is the last one', async () => {
  const { read, starts } = engine([event(1, 'one'), event(2, 'two')])
  expect((await readGroup(read, 'Orders/Api', 0)).map(({ message }) => message)).toEqual(['one', 'two'])
  expect(starts).toEqual([0])
})

test('pages with tokens, as CloudWatch returns them, are read to the end', async () => {
  const pages: ReadLogPage = async (_, token) =>
    token === undefined ? { events: [event(1, 'one')], nextToken: 'next' } : { events: [event(2, 'two')] }
  expect((await readGroup(pages, 'Orders/Api', 0)).map(({ message }) => message)).toEqual(['one', 'two'])
})

test('more lines in a millisecond than fit into a page cause no endless loop', async () => {
  const { read, starts } = engine(Array.from({ length: 12_000 }, (_, index) => event(7, `${index}`)))
  expect(await readGroup(read, 'Orders/Api', 7)).toHaveLength(PAGE)
  expect(starts).toEqual([7])
})
