import { apiDescription } from '../../functions/notification/api-description.ts'
import { functionOf, tableGrantsOf, variableOf } from '../support/grants.ts'
import { at, objectsIn, ofType, stackOf, stacksWith, withoutAssetHashes } from '../support/templates.ts'

const synthesizeWith = (settings: Record<string, string> = {}) => stackOf(stacksWith(settings), 'Notification')
const stack = synthesizeWith()

const WORKERS = ['DeliverCritical', 'DeliverNormal', 'DeliverBulk']

const keysOf = (construct: string) =>
  [...new Set(tableGrantsOf(stack, functionOf(stack, construct)).flatMap(({ keys }) => keys ?? ['all']))].sort()

test('the template is the one that was reviewed', () => {
  expect(withoutAssetHashes(stack.template)).toMatchSnapshot()
})

test('workers have no keys of tickets or idempotency, and the sweep those of timers alone', () => {
  for (const worker of WORKERS) expect([worker, keysOf(worker)]).toEqual([worker, keysOf('DeliverCritical')])
  expect(keysOf('DeliverCritical')).toEqual(expect.arrayContaining(['N#*', 'O#*', 'T#*']))
  expect(keysOf('DeliverCritical').filter((key) => key === 'all' || /^[IW]#/.test(String(key)))).toEqual([])
  expect(keysOf('Sweep')).toEqual(['T#*'])
})

test('whoever ends notifications may count that in their broadcasts, and topics reach no notification', () => {
  for (const fn of [...WORKERS, 'Feedback', 'DoUserTasks'])
    expect([fn, keysOf(fn)]).toEqual([fn, expect.arrayContaining(['N#*', 'P#*'])])
  expect(keysOf('Topics')).toEqual(['F#*', 'G#*', 'I#*', 'P#*', 'Q*', 'S#*', 'V#*'])
  for (const fn of ['Broadcast', 'BroadcastCritical'])
    expect([fn, keysOf(fn)]).toEqual([fn, ['G#*', 'N#*', 'P#*', 'S#*', 'T#*', 'U#*', 'V#*']])
})

test('receipts and erasures change suppressions, and reach the key of their hashes', () => {
  for (const fn of ['Feedback', 'DoUserTasks'])
    expect([fn, keysOf(fn)]).toEqual([fn, expect.arrayContaining(['A#*', 'G#*', 'L#*'])])
})

test('only new turns of channels, and broadcasts, are dispatched', () => {
  const mappings = ofType(stack.resources, 'AWS::Lambda::EventSourceMapping').map(({ properties }) => properties)
  const patterns = mappings.flatMap(({ FilterCriteria }) =>
    objectsIn(at(FilterCriteria, 'Filters')).flatMap(({ Pattern }) => (Pattern ? [JSON.parse(String(Pattern))] : [])),
  )
  for (const NewImage of [{ dispatch: { S: [{ exists: true }] } }, { sk: { S: ['broadcast'] } }])
    expect(patterns).toContainEqual({ eventName: ['INSERT', 'MODIFY'], dynamodb: { NewImage } })
})

test('a stream has no more readers than DynamoDB serves without throttling', () => {
  const readers = ofType(stack.resources, 'AWS::Lambda::EventSourceMapping').filter(({ properties }) =>
    JSON.stringify(properties.EventSourceArn).includes('StreamArn'),
  )
  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
  expect(readers).toHaveLength(2)
})

/** @proves notification/critical-not-behind-bulk */
test('each priority has a queue and a worker of its own, which handles all of a batch at once', () => {
  const queues = WORKERS.map((worker) => JSON.stringify(variableOf(functionOf(stack, worker), 'QUEUE_URL')))
  expect(new Set(queues).size).toBe(3)
  const batches = ofType(stack.resources, 'AWS::Lambda::EventSourceMapping').filter(({ properties }) =>
    JSON.stringify(properties.FunctionName).includes('Deliver'),
  )
  expect(batches.map(({ properties }) => properties.BatchSize)).toEqual([5, 5, 5])
})

test('the queues are standard ones, since FIFO queues delay no single message', () => {
  const fifo = ofType(stack.resources, 'AWS::SQS::Queue').filter(({ properties }) => properties.FifoQueue === true)
  expect(fifo).toEqual([])
})

test('only the stage dev keeps what it can’t send', () => {
  const outbox = (settings: Record<string, string>) =>
    [...WORKERS, 'Api'].map((fn) => variableOf(functionOf(synthesizeWith(settings), fn), 'OUTBOX'))
  expect(outbox({})).toEqual(['true', 'true', 'true', 'true'])
  expect(outbox({ stage: 'prod' })).toEqual([undefined, undefined, undefined, undefined])
})

test('the API has the routes that are described', () => {
  const routes = ofType(stack.resources, 'AWS::ApiGatewayV2::Route').map(({ properties }) =>
    String(properties.RouteKey),
  )
  const described = apiDescription.operations.map(({ routeKey }) => routeKey)
  // `$default`, and the routes of the WebSocket API, have no path.
  expect(routes.filter((key) => !key.startsWith('$')).sort()).toEqual([...described].sort())
})
