import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ExampleModule } from '../../lib/shared/example.ts'
import { kebabCase } from '../../tools/support/case.ts'
import { ROOT } from '../../tools/support/settings.ts'
import { tableActionsOf, variableOf } from '../support/grants.ts'
import {
  at,
  nameOf,
  ofType,
  type Resource,
  referenced,
  type SynthesizedStack,
  stacksWith,
} from '../support/templates.ts'

/** The seconds after which API Gateway answers 503 for an HTTP API. */
const API_TIMEOUT = 30

const stacks = stacksWith()
const systems = stacks.filter(({ resources }) =>
  ofType(resources, 'AWS::ApiGatewayV2::Api').some(({ properties }) => properties.ProtocolType === 'HTTP'),
)

/** Finds the functions of a stack whose environment has a variable, by stack and id. */
function withVariable(name: string, settings = {}): [string, unknown][] {
  return stacksWith(settings)
    .flatMap(({ resources }) => ofType(resources, 'AWS::Lambda::Function'))
    .filter((fn) => variableOf(fn, name) !== undefined)
    .map((fn) => [nameOf(fn), variableOf(fn, name)])
}

/** Finds the function that an integration of an API invokes. */
function invokedBy({ properties }: Resource, { resources }: SynthesizedStack): Resource | undefined {
  const uri = JSON.stringify(properties.IntegrationUri)
  return ofType(resources, 'AWS::Lambda::Function').find(({ id }) => uri.includes(`"${id}"`))
}

test('there are systems to test', () => {
  expect(systems).not.toEqual([])
})

test('every stack has a snapshot of its template, which shows each change to a reviewer', () => {
  const snapshots = stacks.map(({ id }) => `test/${kebabCase(id)}/__snapshots__/stack.template.test.ts.snap`)
  expect(snapshots.filter((file) => !existsSync(join(ROOT, file)))).toEqual([])
})

test('every function behind an API times out before API Gateway does', () => {
  const functions = systems.flatMap((stack) =>
    ofType(stack.resources, 'AWS::ApiGatewayV2::Integration').flatMap((each) => invokedBy(each, stack) ?? []),
  )
  expect(functions.length).toBeGreaterThanOrEqual(systems.length)
  expect(functions.filter(({ properties }) => Number(properties.Timeout) >= API_TIMEOUT).map(nameOf)).toEqual([])
})

test('a function that knows its timeout knows the one that it has', () => {
  const functions = systems.flatMap(({ resources }) => ofType(resources, 'AWS::Lambda::Function'))
  const wrong = functions.filter((fn) => {
    const known = variableOf(fn, 'TIMEOUT_MS')
    return known !== undefined && known !== String(Number(fn.properties.Timeout) * 1000)
  })
  expect(wrong.map(nameOf)).toEqual([])
})

test('no function may scan a table', () => {
  const scanning = stacks.flatMap((stack) =>
    ofType(stack.resources, 'AWS::Lambda::Function').filter((fn) =>
      tableActionsOf(stack, fn).includes('dynamodb:Scan'),
    ),
  )
  expect(scanning.map(nameOf)).toEqual([])
})

test('a function that a table’s stream invokes may read the stream, and nothing of the table itself', () => {
  const invoked = systems.flatMap((stack) =>
    ofType(stack.resources, 'AWS::Lambda::EventSourceMapping')
      .filter(({ properties }) => at(properties, 'EventSourceArn', 'Fn::GetAtt', 1) === 'StreamArn')
      .flatMap(({ properties }) => {
        const id = referenced(properties.FunctionName)
        const fn = ofType(stack.resources, 'AWS::Lambda::Function').filter((each) => each.id === id)
        return fn.map((each) => [nameOf(each), tableActionsOf(stack, each)])
      }),
  )
  expect(invoked.length).toBeGreaterThan(0)
  const ofStream = ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams']
  const expected = ofStream.map((action) => `dynamodb:${action}`)
  expect(invoked).toEqual(invoked.map(([name]) => [name, expected]))
})

test('the name of every event bus is an output, for the rules of consumers', () => {
  for (const { id, resources, outputs } of systems) {
    const buses = ofType(resources, 'AWS::Events::EventBus').map((bus) => ({ Ref: bus.id }))
    expect([id, buses]).toEqual([id, buses.length === 0 ? [] : [outputs.EventBusName]])
  }
})

describe('the settings of all systems reach their functions', () => {
  test.each([
    { name: 'TENANT_WRITES_PER_SECOND', settings: { tenantWritesPerSecond: '7' }, byDefault: '50', asSet: '7' },
    { name: 'TENANCY', settings: { tenancy: 'single' }, byDefault: 'multi', asSet: 'single' },
  ])('$name', ({ name, settings, byDefault, asSet }) => {
    const functions = withVariable(name)
    expect(new Set(functions.map(([fn]) => fn.split('/')[0]))).toEqual(new Set(systems.map(({ id }) => id)))
    expect(functions).toEqual(functions.map(([fn]) => [fn, byDefault]))
    expect(withVariable(name, settings)).toEqual(functions.map(([fn]) => [fn, asSet]))
  })
})

test.each(systems)('every example of $id requests a route that exists', async ({ id, resources }) => {
  const { examples } = (await import(`../../lib/${kebabCase(id)}/examples.ts`)) as ExampleModule
  const routes = ofType(resources, 'AWS::ApiGatewayV2::Route').map(({ properties }) => {
    const [method, path = ''] = String(properties.RouteKey).split(' ')
    return new RegExp(`^${method} https://api\\.example${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`)
  })
  const requests = examples({ apiUrl: 'https://api.example', token: 'token', unique: 'x1' }).map(
    ({ method, url }) => `${method} ${url.split('?')[0]}`,
  )
  expect(requests).not.toEqual([])
  expect(requests.filter((request) => !routes.some((route) => route.test(request)))).toEqual([])
})
