import { type Call, itemBytes, unitsOf } from '../../tools/cost/capacity.ts'
import { idleRow, monthlyCost, monthlyUnits } from '../../tools/cost/idle-cost.ts'
import { PRICE_LIST } from '../../tools/cost/price-list.ts'
import { type StepUse, useCost } from '../../tools/cost/use-cost.ts'

const alarm = (properties: object = { MetricName: 'Errors', Period: 60 }) => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: { ...properties },
})
const stat = (id: string) => ({ Id: id, MetricStat: { Period: 300 } })

describe('while idle', () => {
  test('a template costs what its types cost, whatever they are called', () => {
    const Resources = {
      A: alarm(),
      B: alarm({ Metrics: [stat('a'), stat('b'), { Id: 'c', Expression: 'a / b' }] }),
      C: { Type: 'AWS::CloudWatch::CompositeAlarm' },
      D: { Type: 'AWS::CloudWatch::Dashboard' },
      E: { Type: 'AWS::SecretsManager::Secret' },
      F: { Type: 'AWS::DynamoDB::Table', Properties: { BillingMode: 'PAY_PER_REQUEST' } },
      G: { Type: 'AWS::Lambda::Function' },
    }
    const units = monthlyUnits({ Resources })
    expect(units).toEqual({ alarmMetric: 3, compositeAlarm: 1, dashboard: 1, secret: 1 })
    expect(monthlyCost(units)).toEqual({ list: expect.closeTo(4.2), afterFree: expect.closeTo(0.9) })
    expect(idleRow('Shop', { Resources })).toEqual(['Shop', '3', '1', '1', '1', '$4.20', '$0.90'])
  })

  test('of the free tier only what is over it is paid', () => {
    expect(monthlyCost({ alarmMetric: 12, dashboard: 4 })).toEqual({
      list: expect.closeTo(13.2),
      afterFree: expect.closeTo(3.2),
    })
  })

  test('nothing in a template is nothing', () => {
    expect(idleRow('Empty', {}).at(-2)).toBe('$0.00')
  })

  test.each([
    ['a type that nobody looked up', { Type: 'AWS::EC2::NatGateway' }, 'What X (AWS::EC2::NatGateway) costs'],
    [
      'a table with provisioned capacity',
      { Type: 'AWS::DynamoDB::Table', Properties: {} },
      'What X (AWS::DynamoDB::Table)',
    ],
    ['an alarm of high resolution', alarm({ MetricName: 'Errors', Period: 10 }), 'high resolution'],
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
    { what: 'of nothing', output: {}, read: 0.5 },
    { what: 'that is consistent', input: { ConsistentRead: true }, output: { Item: item(4097) }, read: 2 },
  ])('a read $what is $read', ({ input, output, read }) => {
    expect(of('GetItem', input, output)).toEqual({ read, write: 0 })
  })

  test('a query adds up its items before it rounds, whatever the engine says', () => {
    const Items = Array.from({ length: 20 }, () => item(500))
    expect(of('Query', {}, { Items, ConsumedCapacity: { CapacityUnits: 0.5 } })).toEqual({ read: 1.5, write: 0 })
  })

  test('a write is what the engine counted, indexes included', () => {
    expect(of('PutItem', {}, { ConsumedCapacity: { CapacityUnits: 4 } })).toEqual({ read: 0, write: 4 })
  })

  test('a write whose condition fails is paid by the item that is there', () => {
    expect(of('UpdateItem', {}, { __type: 'ConditionalCheckFailedException', Item: item(1025) }).write).toBe(2)
    expect(of('UpdateItem', {}, { __type: 'ConditionalCheckFailedException' }).write).toBe(1)
  })

  test('what is not known is an error, and not free', () => {
    expect(() => of('Query', { FilterExpression: 'a = :a' })).toThrow('A filter hides what was read')
    expect(() => of('BatchWriteItem')).toThrow('BatchWriteItem')
    expect(() => itemBytes({ a: { NS: ['1'] } })).toThrow('type NS')
  })

  test('an item is as large as its names and values', () => {
    expect(itemBytes({ ä: { S: 'ö' }, n: { N: '1234' }, z: { NULL: true } })).toBe(4 + 4 + 2)
    expect(itemBytes({ l: { L: [{ S: 'ab' }] }, m: { M: { k: { S: 'v' } } } })).toBe(1 + 3 + 3 + (1 + 2 + 1 + 3))
  })
})

describe('by use', () => {
  const options = { memory: 1024, assumed: { ownMs: 10, callMs: 5, logBytes: 2000 } }
  const step = (calls: StepUse['calls'], requests = 1): StepUse => ({ name: 'step', requests, calls })

  test('a million requests cost the sum of their parts', () => {
    const cost = useCost(
      step([
        { read: 1, write: 0 },
        { read: 0, write: 2 },
      ]),
      options,
    )
    expect(cost).toEqual({
      api: 1,
      lambda: 0.2,
      duration: expect.closeTo(0.02 * 13.3334),
      dynamodb: expect.closeTo(0.125 + 2 * 0.625),
      logs: expect.closeTo(1),
      total: expect.closeTo(1 + 0.2 + 0.266_668 + 1.375 + 1),
      floor: expect.closeTo(1 + 0.2 + 0.625),
    })
  })

  test('where nothing is written, half a read unit is the least', () => {
    expect(useCost(step([{ read: 4, write: 0 }]), options).floor).toBeCloseTo(1.2625)
  })

  test('a step of several requests is their mean', () => {
    const calls = [
      { read: 1, write: 1 },
      { read: 0, write: 1 },
    ]
    expect(useCost(step([...calls, ...calls], 2), options)).toEqual(useCost(step(calls), options))
  })
})

test('every price says what it is for, on which page of AWS, and when or where it was read', () => {
  for (const [name, price] of Object.entries(PRICE_LIST.prices)) {
    expect({ name, ...price }).toMatchObject({
      usd: expect.any(Number),
      per: expect.stringMatching(/./),
      source: expect.stringMatching(/^https:\/\/aws\.amazon\.com\/.*pricing\//),
      read: expect.stringMatching(/20\d\d/),
    })
  }
})
