import { roomPk, shardPk, upkeepPk, userPk, watchersPk } from '../../functions/chat/store/keys.ts'
import { functionOf, grantsOf, tableGrantsOf, variableOf } from '../support/grants.ts'
import { at, objectsIn, ofType, stackOf, stacksWith, withoutAssetHashes } from '../support/templates.ts'

const synthesizeWith = (settings: Record<string, string> = {}) => stackOf(stacksWith(settings), 'Chat')
const stack = synthesizeWith()

const keysOf = (construct: string) =>
  [...new Set(tableGrantsOf(stack, functionOf(stack, construct)).flatMap(({ keys }) => keys ?? ['all']))].sort()

test('the template is the one that was reviewed', () => {
  expect(withoutAssetHashes(stack.template)).toMatchSnapshot()
})

test('whoever takes tickets may delete them, and nothing else', () => {
  expect(tableGrantsOf(stack, functionOf(stack, 'Authorize'))).toEqual([
    { actions: ['dynamodb:DeleteItem'], keys: ['W#*'] },
  ])
})

test('functions of connections have the keys of rooms, users, registries and watchers, and no tickets', () => {
  const id = { tenant: 'acme', room: 'r1' }
  const all = [roomPk(id), userPk({ tenant: 'acme', user: 'ann' }), shardPk(id, 0), watchersPk(id)]
  const patterns = all.map((pk) => `${pk.slice(0, 2)}*`).sort()
  expect(keysOf('Socket')).toEqual(patterns)
  expect(patterns).toEqual(expect.arrayContaining(keysOf('FanOut')))
  expect(patterns).toEqual(expect.arrayContaining(keysOf('Presence')))
})

test('only functions that speak to clients may post to connections, of this API and stage alone', () => {
  const manages = ofType(stack.resources, 'AWS::Lambda::Function').filter((fn) =>
    grantsOf(stack, fn).some(({ actions }) => actions.includes('execute-api:ManageConnections')),
  )
  const named = manages.map(({ id }) => id.replace(/Function[0-9A-F]{8}$/, ''))
  expect(named.sort()).toEqual(['FanOut', 'Presence', 'Pseudonymise', 'Socket'])
})

test('only new events and removed attachments are dispatched, and events of a room stay in order', () => {
  const mappings = ofType(stack.resources, 'AWS::Lambda::EventSourceMapping').map(({ properties }) => properties)
  const patterns = mappings.flatMap(({ FilterCriteria }) =>
    objectsIn(at(FilterCriteria, 'Filters')).flatMap(({ Pattern }) => (Pattern ? [JSON.parse(String(Pattern))] : [])),
  )
  expect(patterns).toContainEqual({
    eventName: ['INSERT'],
    dynamodb: { NewImage: { shards: { N: [{ exists: true }] } } },
  })
  expect(patterns).toContainEqual({
    eventName: ['REMOVE'],
    dynamodb: { OldImage: { objectKey: { S: [{ exists: true }] } } },
  })
  const fifo = ofType(stack.resources, 'AWS::SQS::Queue').filter(({ properties }) => properties.FifoQueue === true)
  expect(fifo.map(({ id }) => id.startsWith('Deliveries'))).toEqual([true, true])
})

test('only those who show files may read them, and only one function may delete them', () => {
  const allowed = ofType(stack.resources, 'AWS::Lambda::Function').flatMap((fn) => {
    const actions = grantsOf(stack, fn).flatMap((grant) => grant.actions.filter((action) => action.startsWith('s3:')))
    return actions.length > 0 ? [[fn.id.replace(/Function[0-9A-F]{8}$/, ''), [...new Set(actions)].sort()]] : []
  })
  expect(Object.fromEntries(allowed)).toEqual({
    Api: ['s3:GetObject', 's3:ListBucket', 's3:PutObject'],
    Socket: ['s3:GetObject', 's3:ListBucket'],
    Erase: ['s3:DeleteObject'],
  })
})

test('the upkeep reaches rooms, their members, their deliveries and its own list, and no tickets or connections', () => {
  const id = { tenant: 'acme', room: 'r1' }
  const all = [roomPk(id), userPk({ tenant: 'acme', user: 'ann' }), shardPk(id, 0), upkeepPk(0)]
  expect(keysOf('Upkeep')).toEqual(all.map((pk) => `${pk.slice(0, 2)}*`).sort())
})

test('a stream has no more readers than DynamoDB serves without throttling', () => {
  const readers = ofType(stack.resources, 'AWS::Lambda::EventSourceMapping').filter(({ properties }) =>
    JSON.stringify(properties.EventSourceArn).includes('StreamArn'),
  )
  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
  expect(readers).toHaveLength(2)
})

test('the frames a second of a message are a setting', () => {
  const rateOf = (settings: Record<string, string>) =>
    variableOf(functionOf(synthesizeWith(settings), 'FanOut'), 'FANOUT_RPS')
  expect([rateOf({}), rateOf({ fanoutRps: '500' })]).toEqual(['2000', '500'])
})
