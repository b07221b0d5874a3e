import { type Call, itemBytes, unitsOf } from '../../../tools/cost/capacity.ts'
import { idleRow, monthlyCost, monthlyUnits } from '../../../tools/cost/idle-cost.ts'
import { PRICE_LIST } from '../../../tools/cost/price-list.ts'
import { routeOf } from '../../../tools/cost/served-by.ts'
import { type RequestUse, type StepUse, useCost, useTable } from '../../../tools/cost/use-cost.ts'
import { journeyOf, stacksWithJourney } from '../../../tools/smoke/smoke.ts'

const alarm = (properties: object = { MetricName: 'Errors', Period: 60 }) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: { ...properties },
})
const mapping = (id: string, attribute: string) => ({
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: { EventSourceArn: { 'Fn::GetAtt': [id, attribute] } },
})
const stat = (id: string) => ({ Id: id, MetricStat: { Period: 300 } })

describe('while idle', () => {
  test('a template costs as much as its types, whatever their logical ids', () => {
    const Resources = {
      A: alarm(),
      B: alarm({ Metrics: [stat('a'), stat('b'), { Id: 'c', Expression: 'a / b' }] }),
      C: { Type: 'AWS::CloudWatch::CompositeAlarm' },
      D: { Type: 'AWS::CloudWatch::Dashboard' },
      E: { Type: 'AWS::SecretsManager::Secret' },
      F: { Type: 'AWS::DynamoDB::Table', Properties: { BillingMode: 'PAY_PER_REQUEST' } },
      G: { Type: 'AWS::Lambda::Function' },
      K: { Type: 'AWS::KMS::Key' },
      H: { Type: 'AWS::SQS::Queue' },
      I: mapping('H', 'Arn'),
      J: mapping('F', 'StreamArn'),
    }
    const units = monthlyUnits({ Resources })
    expect(units).toEqual({ alarmMetric: 3, compositeAlarm: 1, dashboard: 1, key: 1, secret: 1, sqsMillion: 0.648 })
    expect(monthlyCost(units)).toEqual({ list: expect.closeTo(5.4592), afterFree: expect.closeTo(1.9) })
    expect(idleRow('Shop', { Resources })).toEqual(['Shop', '3', '1', '1', '1', '1', '0.65', '0', '$5.46', '$1.90'])
  })

  test('polling a second empty queue costs only what exceeds the free million', () => {
    const Resources = {
      ...{ A: { Type: 'AWS::SQS::Queue' }, B: { Type: 'AWS::SQS::Queue' } },
      ...{ C: mapping('A', 'Arn'), D: mapping('B', 'Arn') },
    }
    const cost = monthlyCost(monthlyUnits({ Resources }))
    expect(cost).toEqual({ list: expect.closeTo(0.5184), afterFree: expect.closeTo(0.1184) })
  })

  test('only usage above the free tier is charged', () => {
    expect(monthlyCost({ alarmMetric: 12, dashboard: 4 })).toEqual({
      list: expect.closeTo(13.2),
      afterFree: expect.closeTo(3.2),
    })
  })

  test('an empty template costs nothing', () => {
    expect(idleRow('Empty', {}).at(-2)).toBe('$0.00')
  })

  test.each([
    ['a type of unknown cost', { Type: 'AWS::EC2::NatGateway' }, 'The idle cost of X (AWS::EC2::NatGateway)'],
    [
      'a table with provisioned capacity',
      { Type: 'AWS::DynamoDB::Table', Properties: {} },
      'The idle cost of X (AWS::DynamoDB::Table)',
    ],
    ['an event source of unknown cost', mapping('Y', 'Arn'), 'Polling this source has no price'],
    ['a high-resolution alarm', alarm({ MetricName: 'Errors', Period: 10 }), 'high-resolution'],
  ])('%s is an error, and not free', (_, resource, message) => {
    expect(() => monthlyUnits({ Resources: { X: resource } })).toThrow(message)
  })
})

describe('request units', () => {
  const S = (length: number) => ({ S: 'x'.repeat(length) })
  const of = (operation: string, input: Call['input'] = {}, output: Call['output'] = {}) =>
    unitsOf({ operation, input, output })
  const item = (bytes: number) => ({ a: S(bytes - 1) })

  test.each([
    { what: 'of up to 4 KB', output: { Item: item(4096) }, read: 0.5 },
    { what: 'of a byte more', output: { Item: item(4097) }, read: 1 },
    { what: 'of a missing item', output: {}, read: 0.5 },
    { what: 'that is consistent', input: { ConsistentRead: true }, output: { Item: item(4097) }, read: 2 },
  ])('a read $what costs $read', ({ input, output, read }) => {
    expect(of('GetItem', input, output)).toEqual({ read, write: 0 })
  })

  test('a query adds up its items before it rounds, whatever the engine says', () => {
    const Items = Array.from({ length: 20 }, () => item(500))
    expect(of('Query', {}, { Items, ConsumedCapacity: { CapacityUnits: 0.5 } })).toEqual({ read: 1.5, write: 0 })
  })

  test('a batch rounds each of its items, missing ones included', () => {
    const RequestItems = { a: { Keys: [{}, {}, {}], ConsistentRead: true }, b: { Keys: [{}] } }
    const Responses = { a: [item(10), item(4097)], b: [item(10)] }
    expect(of('BatchGetItem', { RequestItems }, { Responses })).toEqual({ read: 1 + 2 + 1 + 0.5, write: 0 })
  })

  test('a write costs what the engine counted, indexes included', () => {
    expect(of('PutItem', {}, { ConsumedCapacity: { CapacityUnits: 4 } })).toEqual({ read: 0, write: 4 })
  })

  test('a transaction costs what the engine counted, for all its tables', () => {
    const ConsumedCapacity = [{ CapacityUnits: 4 }, { CapacityUnits: 3 }]
    expect(of('TransactWriteItems', {}, { ConsumedCapacity })).toEqual({ read: 0, write: 7 })
  })

  test('a cancelled transaction costs as much as a committed one', () => {
    const TransactItems = [{ Put: { Item: item(1025) } }, { Update: {} }, { Delete: {} }]
    const CancellationReasons = [
      { Code: 'None' },
      { Code: 'None' },
      { Code: 'ConditionalCheckFailed', Item: item(2049) },
    ]
    expect(of('TransactWriteItems', { TransactItems }, { CancellationReasons }).write).toBe(2 * (2 + 1 + 3))
    expect(of('TransactWriteItems', { TransactItems }, {}).write).toBe(2 * (2 + 1 + 1))
  })

  test('a write whose condition fails costs as much as the existing item', () => {
    expect(of('UpdateItem', {}, { __type: 'ConditionalCheckFailedException', Item: item(1025) }).write).toBe(2)
    expect(of('UpdateItem', {}, { __type: 'ConditionalCheckFailedException' }).write).toBe(1)
  })

  test('an unknown cost is an error, and not free', () => {
    expect(() => of('Query', { FilterExpression: 'a = :a' })).toThrow('A filter hides the items that were read')
    expect(() => of('BatchWriteItem')).toThrow('BatchWriteItem')
    expect(() => itemBytes({ a: { NS: ['1'] } })).toThrow('type NS')
  })

  test('the size of an item is that of its names and values', () => {
    expect(itemBytes({ ä: { S: 'ö' }, n: { N: '1234' }, z: { NULL: true } })).toBe(4 + 4 + 2)
    expect(itemBytes({ l: { L: [{ S: 'ab' }] }, m: { M: { k: { S: 'v' } } } })).toBe(1 + 3 + 3 + (1 + 2 + 1 + 3))
  })
})

describe('by use', () => {
  const assumed = { ownMs: 10, callMs: 5, logBytes: 2000 }
  const step = (requests: RequestUse[], coreMs = 0): StepUse => ({ name: 'step', requests, coreMs })
  const request = (calls: RequestUse['calls'], memory = 1024): RequestUse => ({ memory, calls })
  const [aRead, twoWrites] = [
    { read: 1, write: 0 },
    { read: 0, write: 2 },
  ]

  test('a million requests cost the sum of their parts', () => {
    expect(useCost(step([request([aRead, twoWrites])]), assumed)).toEqual({
      api: 1,
      lambda: 0.2,
      duration: expect.closeTo(0.02 * 13.3334),
      dynamodb: expect.closeTo(0.125 + 2 * 0.625),
      logs: expect.closeTo(1),
      total: expect.closeTo(1 + 0.2 + 0.266_668 + 1.375 + 1),
      floor: expect.closeTo(1 + 0.2 + 0.625),
    })
  })

  test('the floor is half a read unit without a write, and nothing without a read', () => {
    expect(useCost(step([request([{ read: 4, write: 0 }])]), assumed).floor).toBeCloseTo(1.2625)
    expect(useCost(step([request([])]), assumed).floor).toBeCloseTo(1.2)
  })

  test('a step of several requests costs their mean', () => {
    const calls = [aRead, twoWrites]
    expect(useCost(step([request(calls), request(calls)]), assumed)).toEqual(useCost(step([request(calls)]), assumed))
    expect(useCost(step([request(calls), request([])]), assumed).dynamodb).toBeCloseTo(1.375 / 2)
  })

  test('time is charged by the memory of the function that answered', () => {
    const of = (...memories: number[]) => useCost(step(memories.map((memory) => request([], memory))), assumed).duration
    expect(of(512)).toBeCloseTo(of(1024) / 2)
    expect(of(512, 1024)).toBeCloseTo((of(512) + of(1024)) / 2)
  })

  test('CPU work takes longer with part of a core, and no less with more than one', () => {
    const of = (memory: number) => useCost(step([request([], memory)], 100), { ...assumed, ownMs: 0 }).duration
    expect(of(1769)).toBeCloseTo(0.1 * (1769 / 1024) * 13.3334)
    expect(of(885)).toBeCloseTo(of(1769), 1)
    expect(of(3538)).toBeCloseTo(of(1769) * 2)
  })

  test('a step without calls of the table has a row, and each row has the memory', () => {
    const [, , row = ''] = useTable([step([request([], 512), request([], 1024)])], assumed).split('\n')
    expect(row).toContain('| step | 512, 1024 | 0 | 0 | $1.00 |')
  })
})

describe('the function that answers a request', () => {
  const routes = ['$default', 'GET /{code}', 'GET /health', 'POST /{code}/unlock'].map((key) => ({
    key,
    functionName: key,
    needsToken: key === 'GET /health',
  }))

  test.each([
    ['GET', '/abc', 'GET /{code}'],
    ['GET', '/abc+?a=/b', 'GET /{code}'],
    ['GET', '/health', 'GET /health'],
    ['POST', '/abc/unlock', 'POST /{code}/unlock'],
    ['POST', '/abc', '$default'],
    ['GET', '/a/b', '$default'],
  ] as const)('answers %s %s: %s', (method, path, key) => {
    expect(routeOf(routes, { method, path })?.key).toBe(key)
  })

  test('is none without a required token, because the API itself refuses', () => {
    expect(routeOf(routes, { path: '/health', anonymous: true })).toBeUndefined()
    expect(routeOf(routes, { path: '/abc', anonymous: true })?.key).toBe('GET /{code}')
  })
})

test.each(stacksWithJourney())('the extra CPU times of %s belong to steps of its journey', async (stack) => {
  const { coreMs = {}, journey } = await journeyOf(stack)
  const notAsked = () => Promise.reject(new Error('Nobody asks.'))
  const { steps } = journey({ ask: notAsked, connect: notAsked, unique: 'x' })
  expect(steps.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(coreMs)))
})

test('every price has a unit, a page of AWS, and the date or place of the copy', () => {
  for (const [name, price] of Object.entries(PRICE_LIST.prices)) {
    expect({ name, ...price }).toMatchObject({
      usd: expect.any(Number),
      per: expect.stringMatching(/./),
      source: expect.stringMatching(/^https:\/\/aws\.amazon\.com\/.*pricing\//),
      read: expect.stringMatching(/20\d\d/),
    })
  }
})
