import { diagramOf } from '../../../tools/diagrams/diagram.ts'
import { linesOf, resource } from './drawn.ts'

test('a stack is drawn around its resources, with its callers outside', () => {
  const picture = diagramOf({
    Resources: {
      LinksTableFD6FA5FC: resource('AWS::DynamoDB::Table', {}, 'Shop/Links/Table/Resource'),
      Redirect: resource('AWS::Lambda::Function', {}, 'Shop/Redirect/Function/Resource'),
      Url: resource('AWS::Lambda::Url', { AuthType: 'NONE', TargetFunctionArn: { 'Fn::GetAtt': ['Redirect', 'Arn'] } }),
      Ignored: resource('AWS::Logs::LogGroup', {}, 'Shop/Redirect/Logs/Resource'),
    },
  })
  expect(picture).toBe(`flowchart LR
  Visitor(["Visitor"])
  subgraph ShopStack["Stack Shop"]
    Links[("Links<br/>DynamoDB table")]
    Redirect["Redirect<br/>Lambda function"]
  end
  Visitor -->|"function URL"| Redirect`)
})

test('without paths, names are logical ids without their hash', () => {
  expect(linesOf({ Links12AB34EF: resource('AWS::DynamoDB::Table') })).toEqual([
    'flowchart LR',
    'Links[("Links<br/>DynamoDB table")]',
  ])
})

test('each kind has its shape', () => {
  const kinds = {
    Http: resource('AWS::ApiGatewayV2::Api', { ProtocolType: 'HTTP' }),
    Live: resource('AWS::ApiGatewayV2::Api', { ProtocolType: 'WEBSOCKET' }),
    Jobs: resource('AWS::SQS::Queue'),
    Events: resource('AWS::Events::EventBus'),
    SigningSecret: resource('AWS::SecretsManager::Secret'),
  }
  expect(linesOf(kinds).slice(1)).toEqual([
    'Http[["HTTP API"]]',
    'Live[["Live<br/>WebSocket API"]]',
    'Jobs[/"Jobs<br/>SQS queue"/]',
    'Events{{"Events<br/>event bus"}}',
    'SigningSecret[("SigningSecret")]',
  ])
})

test('two nodes with one name have different ids', () => {
  const twins = {
    A: resource('AWS::Events::EventBus', {}, 'Shop/Messages/Bus/Resource'),
    B: resource('AWS::Events::Archive', {}, 'Shop/Messages/Bus/Archive/Archive/Resource'),
    C: resource('AWS::SQS::Queue', {}, 'Shop/Messages/Queue/Resource'),
    D: resource('AWS::SQS::Queue', {}, 'Shop/Messages/DeadLetters/Resource'),
    E: resource('AWS::SQS::Queue', {}, 'Shop/Messages/Default/Resource'),
  }
  const ids = linesOf(twins).map((line) => /^(\w+)[[{]/.exec(line)?.[1])
  expect(ids.filter(Boolean)).toEqual([
    'Messages',
    'MessagesArchive',
    'MessagesSQSQueue',
    'MessagesDeadLetters',
    'MessagesSQSQueue2',
  ])
})

test('characters that are syntax in Mermaid, HTML or Markdown become character codes', () => {
  const odd = { A: resource('AWS::SQS::Queue', {}, 'Shop/a "b" <i> #1; & `c` *d* _e_/Resource') }
  expect(linesOf(odd)[2]).toBe(
    'ABI1CDE[/"a #34;b#34; #60;i#62; #35;1; #38; #96;c#96; #42;d#42; #95;e#95;<br/>SQS queue"/]',
  )
})
