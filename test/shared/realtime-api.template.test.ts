import { Observability } from '../../lib/shared/observability.ts'
import { RealtimeApi, type RealtimeApiProps } from '../../lib/shared/realtime-api.ts'
import { one, stackOfConstructs } from '../support/constructs.ts'
import { at, objectsIn, ofType, type Resource, referenced, STAGES, stringsIn, textOf } from '../support/templates.ts'

const API = 'arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>'

function stackWith(stage: (typeof STAGES)[number], props: Partial<RealtimeApiProps> = {}) {
  return stackOfConstructs(stage, ({ stack, alarms, fn }) => {
    const [authorizer, connect, disconnect] = [fn('Authorizer'), fn('Connect'), fn('Disconnect')]
    const [message, sender] = [fn('Message'), fn('Sender')]
    const functions = { authorizer, connect, disconnect, message }
    const realtime = new RealtimeApi(stack, 'Realtime', {
      stage,
      alarms,
      namespace: 'Stackyard/Test',
      ...functions,
      ...props,
    })
    realtime.grantManageConnections(sender)
    new Observability(stack, 'Observability', { alarms, realtime, functions: [...Object.values(functions), sender] })
  })
}

const routeOf = (resources: readonly Resource[], key: string) => {
  const route = ofType(resources, 'AWS::ApiGatewayV2::Route').find(({ properties }) => properties.RouteKey === key)
  if (!route) throw new Error(`There is no route ${key}.`)
  return route
}

describe.each(STAGES)('in %s', (stage) => {
  const { resources, outputs, template } = stackWith(stage)
  const api = one(resources, 'AWS::ApiGatewayV2::Api')
  const callable = (id: string) => one(resources, stage === 'prod' ? 'AWS::Lambda::Alias' : 'AWS::Lambda::Function', id)

  /** The source ARNs for which API Gateway may invoke a function. */
  const sourcesOf = (id: string) =>
    ofType(resources, 'AWS::Lambda::Permission')
      .filter(({ properties }) => referenced(properties.FunctionName) === callable(id).id)
      .map(({ properties }) => [properties.Principal, textOf(properties.SourceArn)])

  test('only a ticket in the query opens a connection, and a function decides about it each time', () => {
    const authorizer = one(resources, 'AWS::ApiGatewayV2::Authorizer')
    expect(authorizer.properties).toMatchObject({
      AuthorizerType: 'REQUEST',
      IdentitySource: ['route.request.querystring.ticket'],
    })
    expect(authorizer.properties).not.toHaveProperty('AuthorizerResultTtlInSeconds')
    expect(objectsIn(authorizer.properties.AuthorizerUri).map(referenced)).toContain(callable('Authorizer').id)
    expect(routeOf(resources, '$connect').properties).toMatchObject({
      AuthorizationType: 'CUSTOM',
      AuthorizerId: { Ref: authorizer.id },
    })
    expect(sourcesOf('Authorizer')).toEqual([
      ['apigateway.amazonaws.com', `${API}:<${api.id}>/authorizers/<${authorizer.id}>`],
    ])
  })

  test.each([
    ['$connect', 'Connect'],
    ['$disconnect', 'Disconnect'],
    ['$default', 'Message'],
  ])('%s has its function, which only this API may invoke, for this route', (key, id) => {
    const [integrationId] = objectsIn(routeOf(resources, key).properties.Target).flatMap(
      (node) => referenced(node) ?? [],
    )
    const integration = ofType(resources, 'AWS::ApiGatewayV2::Integration').find((it) => it.id === integrationId)
    expect(integration?.properties.IntegrationType).toBe('AWS_PROXY')
    expect(objectsIn(integration?.properties.IntegrationUri).map(referenced)).toContain(callable(id).id)
    expect(sourcesOf(id)).toEqual([['apigateway.amazonaws.com', `${API}:<${api.id}>/*${key}`]])
  })

  test('there is no other route: messages all go to the function that checks them', () => {
    const keys = ofType(resources, 'AWS::ApiGatewayV2::Route').map(({ properties }) => properties.RouteKey)
    expect(keys.sort()).toEqual(['$connect', '$default', '$disconnect'])
  })

  test('the function’s response to a message, and to nothing else, is sent to the client', () => {
    const route = routeOf(resources, '$default')
    expect(route.properties.RouteResponseSelectionExpression).toBe('$default')
    expect(one(resources, 'AWS::ApiGatewayV2::RouteResponse').properties).toMatchObject({
      RouteId: { Ref: route.id },
      RouteResponseKey: '$default',
    })
  })

  test('the stage is deployed after its routes, with each change, and throttled', () => {
    const stages = template.findResources('AWS::ApiGatewayV2::Stage')
    const routes = ofType(resources, 'AWS::ApiGatewayV2::Route', 'AWS::ApiGatewayV2::RouteResponse')
    const dependencies = Object.values(stages).flatMap((resource) => stringsIn(resource.DependsOn))
    expect(dependencies).toEqual(expect.arrayContaining(routes.map(({ id }) => id)))
    expect(one(resources, 'AWS::ApiGatewayV2::Stage').properties).toMatchObject({
      StageName: 'live',
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 2000, ThrottlingBurstLimit: 2000 },
    })
  })

  test('the URL of the stage is the output WebSocketUrl', () => {
    expect(textOf(outputs.WebSocketUrl)).toBe(`wss://<${api.id}>.execute-api.<AWS::Region>.<AWS::URLSuffix>/live`)
  })

  test('a granted function, and no other, may manage the connections of this stage, and knows where', () => {
    const statements = ofType(resources, 'AWS::IAM::Policy')
      .flatMap(({ properties }) => objectsIn(properties))
      .filter((node) => stringsIn(node.Action).includes('execute-api:ManageConnections'))
    expect(statements.map(({ Effect, Resource }) => [Effect, textOf(Resource)])).toEqual([
      ['Allow', `${API}:<${api.id}>/live/*/@connections/*`],
    ])
    const endpoints = ofType(resources, 'AWS::Lambda::Function').flatMap(({ id, properties }) => {
      const endpoint = at(properties, 'Environment', 'Variables', 'WEBSOCKET_ENDPOINT')
      return endpoint === undefined ? [] : [[id.startsWith('Sender'), textOf(endpoint)]]
    })
    expect(endpoints).toEqual([[true, `https://<${api.id}>.execute-api.<AWS::Region>.<AWS::URLSuffix>/live`]])
  })

  test('failures of the functions, of their integrations and of their calls fire alarms', () => {
    const alarms = ofType(resources, 'AWS::CloudWatch::Alarm').filter(({ id }) => id.startsWith('Realtime'))
    expect(
      alarms.map(({ properties }) => [properties.MetricName, properties.Threshold, properties.Period]).sort(),
    ).toEqual([
      ['ExecutionError', 5, 300],
      ['IntegrationError', 5, 300],
      ['SocketEventsFailed', 5, 300],
    ])
    const dimensions = alarms
      .filter(({ properties }) => properties.Namespace === 'AWS/ApiGateway')
      .map(({ properties }) => properties.Dimensions)
    const dimension = { Name: 'ApiId', Value: { Ref: api.id } }
    expect(dimensions).toEqual([[dimension], [dimension]])
  })

  test('the dashboard shows the API', () => {
    const body = JSON.stringify(one(resources, 'AWS::CloudWatch::Dashboard').properties)
    for (const name of ['ConnectCount', 'MessageCount', 'IntegrationLatency', 'SocketEventsFailed']) {
      expect(body).toContain(name)
    }
  })

  test('no access log is written, which a new account could not', () => {
    expect(one(resources, 'AWS::ApiGatewayV2::Stage').properties).not.toHaveProperty('AccessLogSettings')
  })

  test('an access log has no address and no query, in which the ticket is', () => {
    const logged = stackWith(stage, { accessLog: true }).resources
    const settings = one(logged, 'AWS::ApiGatewayV2::Stage').properties.AccessLogSettings
    const group = one(logged, 'AWS::Logs::LogGroup', 'RealtimeAccessLogs')
    expect(referenced(at(settings, 'DestinationArn'))).toBe(group.id)
    expect(stringsIn(group.properties.LogGroupName)).toEqual(
      expect.arrayContaining(['/aws/vendedlogs/', 'AWS::StackName', 'AWS::StackId']),
    )
    const variables = Object.values<string>(JSON.parse(String(at(settings, 'Format'))))
    expect(variables).toEqual(expect.arrayContaining(['$context.requestId', '$context.routeKey', '$context.status']))
    expect(variables.filter((name) => /identity|sourceip|useragent|path|query|principal|domain/i.test(name))).toEqual(
      [],
    )
  })
})

test('in prod, a new version of each function is rolled back when an alarm of the API fires', () => {
  const { resources } = stackWith('prod')
  const groups = ofType(resources, 'AWS::CodeDeploy::DeploymentGroup').filter(({ id }) => !id.startsWith('Sender'))
  expect(groups).toHaveLength(4)
  const alarms = ofType(resources, 'AWS::CloudWatch::Alarm').filter(({ id }) => id.startsWith('Realtime'))
  for (const { properties } of groups) {
    const names = objectsIn(at(properties.AlarmConfiguration, 'Alarms')).map(referenced)
    expect(names).toEqual(expect.arrayContaining(alarms.map(({ id }) => id)))
  }
})

test('one function may handle several routes', () => {
  const { resources } = stackOfConstructs('dev', ({ stack, stage, alarms, fn }) => {
    const [authorizer, every] = [fn('Authorizer'), fn('Every')]
    const routes = { connect: every, disconnect: every, message: every }
    new RealtimeApi(stack, 'Realtime', { stage, alarms, authorizer, namespace: 'Stackyard/Test', ...routes })
  })
  const permitted = ofType(resources, 'AWS::Lambda::Permission')
    .filter(({ properties }) => referenced(properties.FunctionName)?.startsWith('Every'))
    .map(({ properties }) => textOf(properties.SourceArn).replace(/.*\//, ''))
  expect(permitted.sort()).toEqual(['*$connect', '*$default', '*$disconnect'])
})
