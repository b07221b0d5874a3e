import { estimate } from '../../../tools/scale/estimate.ts'
import { measuredUse } from '../../../tools/scale/measured-units.ts'
import { QUOTA_NAMES, QUOTAS } from '../../../tools/scale/quotas.ts'
import type { RequestKind, SystemModel } from '../../../tools/scale/system-model.ts'

const kind = (change: Partial<RequestKind>): RequestKind => ({
  row: 'reads',
  share: 0.5,
  functionName: 'Api',
  hot: { read: 0, write: 0 },
  events: 0,
  calls: 1,
  ...change,
})
const model: SystemModel = {
  stack: 'Orders',
  hotObject: 'an order',
  kinds: {
    read: kind({ hot: { read: 1, write: 0 } }),
    write: kind({ row: 'writes', hot: { read: 0, write: 2 }, events: 1, calls: 2, extraMs: 20 }),
  },
  advice: Object.fromEntries(QUOTA_NAMES.map((name) => [name, { effect: '', design: '' }])) as SystemModel['advice'],
}
const rows = new Map([
  ['reads', { memory: 512, read: 1, write: 0, usd: 2, floor: 1 }],
  ['writes', { memory: 512, read: 0, write: 4, usd: 4, floor: 3 }],
])
const use = { rows, durations: { ownMs: 10, callMs: 5 } }
const usedBy = (limits: ReturnType<typeof estimate>['limits']) =>
  Object.fromEntries(limits.map(({ limit, used }) => [limit, Number(used.toFixed(6))]))

describe('the estimate of a load', () => {
  it('adds up what its requests take of each limit', () => {
    const { limits } = estimate(model, { rps: 1000, hot: 0.1 }, use)
    expect(usedBy(limits)).toEqual({
      apiRequests: 1000,
      // Half of them take 15 ms, half 40.
      lambdaConcurrency: 27.5,
      tableReads: 500,
      tableWrites: 2000,
      partitionReads: 50,
      partitionWrites: 100,
      putEvents: 500,
    })
  })

  it('shows first what is used most, and where that limit is met', () => {
    const [first] = estimate(model, { rps: 1000, hot: 0.5 }, use).limits
    expect(first).toMatchObject({ limit: 'partitionWrites', used: 500, part: 0.5, atRps: 2000 })
  })

  it('costs what a month of its requests costs, and at least their floor', () => {
    const { monthlyUsd, monthlyFloor } = estimate(model, { rps: 1, hot: 0 }, use)
    expect(monthlyUsd).toBeCloseTo(2.628 * 3, 6)
    expect(monthlyFloor).toBeCloseTo(2.628 * 2, 6)
  })

  it('leaves out limits that it doesn’t touch', () => {
    const { limits } = estimate(model, { rps: 1, hot: 0, mix: { read: 1 } }, use)
    expect(usedBy(limits)).toEqual({ apiRequests: 1, lambdaConcurrency: 0.015, tableReads: 1 })
  })

  it('keeps the proportions of what a mix leaves out', () => {
    const { limits } = estimate(model, { rps: 100, hot: 0, mix: { write: 0.2 } }, use)
    expect(usedBy(limits)).toMatchObject({ tableReads: 80, tableWrites: 80 })
  })

  it('adds what follows over queues, and further limits of AWS and of the system', () => {
    const { kinds, ...rest } = model
    const follows = kind({ after: { read: 2, write: 3, usd: 5 }, takes: { apiRequests: 4, emails: 1, turns: 2 } })
    const own = { effect: '', design: '', name: 'turns a second', value: 1000 }
    const ownLimits = { turns: { ...own, ofHotObject: false }, unused: { ...own, ofHotObject: true } }
    const extended = { ...rest, kinds: { ...kinds, read: follows }, ownLimits }
    const { limits, monthlyUsd } = estimate(extended, { rps: 100, hot: 0.1, mix: { read: 1 } }, use)
    expect(usedBy(limits)).toMatchObject({
      apiRequests: 400,
      tableReads: 300,
      tableWrites: 300,
      emails: 100,
      turns: 200,
    })
    expect(limits.map(({ limit }) => limit)).not.toContain('unused')
    expect(monthlyUsd).toBeCloseTo(262.8 * 7, 6)
    const ofOne = { ...extended, ownLimits: { turns: { ...own, ofHotObject: true } } }
    expect(usedBy(estimate(ofOne, { rps: 100, hot: 0.1, mix: { read: 1 } }, use).limits)).toMatchObject({ turns: 20 })
  })

  it('refuses a model that has no advice about a limit that it uses', () => {
    expect(() => estimate({ ...model, advice: {} }, { rps: 1, hot: 0 }, use)).toThrow('"apiRequests"')
  })

  it.each([
    ['more than everything', { write: 1.1 }],
    ['less than everything, with nothing left out', { read: 0.2, write: 0.2 }],
    ['a kind that there isn’t', { delete: 0.1 }],
  ])('refuses a mix of %s', (_, mix) => {
    expect(() => estimate(model, { rps: 1, hot: 0, mix }, use)).toThrow(RangeError)
  })

  it('refuses a model whose row was not measured', () => {
    expect(() => estimate(model, { rps: 1, hot: 0 }, { ...use, rows: new Map() })).toThrow('"reads"')
  })
})

test('the units of a row are read from the tables of its stack alone', () => {
  const page = [
    '**Orders**',
    '| a million times | MB | read units | write units | API | Lambda | DynamoDB | logs | sum | floor | x |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    '| reads | 512 | 0.5 | 0 | $1.00 | $0.30 | $0.06 | $0.55 | $1.91 | $1.26 | 1.5 |',
    '**Carts, by mode**',
    '| fills | 512 | 0 | 1 | $1.00 | $0.30 | $0.63 | $0.55 | $2.48 | $1.82 | 1.4 |',
  ].join('\n')
  expect([...measuredUse('Orders', page)]).toEqual([
    ['reads', { memory: 512, read: 0.5, write: 0, usd: 1.91, floor: 1.26 }],
  ])
  expect([...measuredUse('Carts', page).keys()]).toEqual(['fills'])
})

test('every quota has a value and AWS’s own page as its source', () => {
  expect(Object.keys(QUOTAS.quotas).sort()).toEqual([...QUOTA_NAMES].sort())
  for (const { value, source } of Object.values(QUOTAS.quotas)) {
    expect(value).toBeGreaterThan(0)
    expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//)
  }
})
