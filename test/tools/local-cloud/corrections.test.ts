import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CORRECTIONS, REFUSED_TYPES } from '../../../tools/local-cloud/corrections.ts'
import { countByType, leftOut } from '../../../tools/local-cloud/refused-resources.ts'
import type { Template } from '../../../tools/local-cloud/template.ts'
import { localCloud, ROOT } from '../../../tools/support/settings.ts'

const cloud = localCloud({ STACKYARD_PORT: '4570' })

test('api-endpoint replaces every use of an API’s endpoint by a URL of this machine, and nothing else', () => {
  const endpoint = { 'Fn::GetAtt': ['Api', 'ApiEndpoint'] }
  const template = {
    Resources: {
      Function: {
        Type: 'AWS::Lambda::Function',
        Properties: { Environment: { Variables: { API_URL: endpoint, TABLE: { 'Fn::GetAtt': ['Table', 'Arn'] } } } },
      },
    },
    Outputs: { ApiUrl: { Value: { 'Fn::Join': ['', [endpoint, '/x']] } } },
  }
  const original = structuredClone(template)
  const local = { 'Fn::Join': ['', ['http://127.0.0.1:4570/_aws/execute-api/', { Ref: 'Api' }]] }
  const correct = CORRECTIONS.find(({ name }) => name === 'api-endpoint')?.template
  expect(correct?.(template as Template, cloud)).toEqual({
    Resources: {
      Function: {
        Type: 'AWS::Lambda::Function',
        Properties: { Environment: { Variables: { API_URL: local, TABLE: { 'Fn::GetAtt': ['Table', 'Arn'] } } } },
      },
    },
    Outputs: { ApiUrl: { Value: { 'Fn::Join': ['', [local, '/x']] } } },
  })
  expect(template).toEqual(original)
})

test('socket-endpoint replaces the URLs of a stage, for clients and for functions, and nothing else', () => {
  const url = (protocol: string, suffix: object, ...path: string[]) => ({
    'Fn::Join': ['', [protocol, { Ref: 'Api' }, '.execute-api.', { Ref: 'AWS::Region' }, '.', suffix, ...path]],
  })
  const suffix = { Ref: 'AWS::URLSuffix' }
  const local = (protocol: string) => ({
    'Fn::Join': ['', [`${protocol}://127.0.0.1:4570/_aws/execute-api/`, { Ref: 'Api' }, '/live']],
  })
  const others = {
    Arn: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':execute-api:', { Ref: 'AWS::Region' }]] },
    Elsewhere: url('https://', { Ref: 'Suffix' }, '/live'),
    Comma: { 'Fn::Join': [',', ['https://', { Ref: 'Api' }]] },
  }
  const template = {
    Resources: { Function: { Type: 'x', Properties: { ENDPOINT: url('https://', suffix, '/live'), ...others } } },
    Outputs: { WebSocketUrl: { Value: url('wss://', suffix, '/live') } },
  }
  const correct = CORRECTIONS.find(({ name }) => name === 'socket-endpoint')?.template
  expect(correct?.(template as Template, cloud)).toEqual({
    Resources: { Function: { Type: 'x', Properties: { ENDPOINT: local('http'), ...others } } },
    Outputs: { WebSocketUrl: { Value: local('ws') } },
  })
})

test('secret-ref replaces the Ref of a secret by its ARN, and no other', () => {
  const template = {
    Resources: {
      Secret: { Type: 'AWS::SecretsManager::Secret' },
      Table: { Type: 'AWS::DynamoDB::Table' },
      Function: {
        Type: 'AWS::Lambda::Function',
        Properties: { Environment: { SECRET: { Ref: 'Secret' }, TABLE: { Ref: 'Table' } } },
      },
    },
  }
  const corrected = CORRECTIONS.find(({ name }) => name === 'secret-ref')?.template?.(template as Template, cloud)
  expect(corrected?.Resources.Function?.Properties).toEqual({
    Environment: { SECRET: { 'Fn::GetAtt': ['Secret', 'Id'] }, TABLE: { Ref: 'Table' } },
  })
})

test('tls-only-policies removes statements that deny plain HTTP, and no others', () => {
  const document = (...Statement: object[]) => ({ Statement, Version: '2012-10-17' })
  const policy = (...statements: object[]) => ({
    Type: 'AWS::SQS::QueuePolicy',
    Properties: { Queues: [{ Ref: 'Queue' }], PolicyDocument: document(...statements) },
  })
  const tlsOnly = { Effect: 'Deny', Action: 'sqs:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }
  const others = [
    { Effect: 'Allow', Action: 'sqs:SendMessage' },
    { Effect: 'Deny', Action: 'sqs:SendMessage', Condition: { Bool: { 'aws:ViaAWSService': 'false' } } },
    { Effect: 'Allow', Action: 'sqs:SendMessage', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
  ]
  const template = { Resources: { Policy: policy(tlsOnly, ...others), Queue: { Type: 'AWS::SQS::Queue' } } }
  const corrected = CORRECTIONS.find(({ name }) => name === 'tls-only-policies')?.template?.(template, cloud)
  expect(corrected).toEqual({ Resources: { Policy: policy(...others), Queue: { Type: 'AWS::SQS::Queue' } } })
})

test('batch-action goes to whoever may send messages, and to nobody else', () => {
  const policy = (...Statement: object[]) => ({
    Type: 'AWS::IAM::Policy',
    Properties: { PolicyDocument: { Statement } },
  })
  const others = [
    { Effect: 'Allow', Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage'], Resource: 'queue' },
    { Effect: 'Deny', Action: 'sqs:SendMessage', Resource: 'queue' },
  ]
  const sends = (Action: unknown) => ({ Effect: 'Allow', Action, Resource: 'queue' })
  const hides = ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage']
  const template = {
    Resources: {
      Policy: policy(sends('sqs:SendMessage'), sends(['a:B', 'sqs:SendMessage']), sends(hides), ...others),
    },
  }
  const corrected = CORRECTIONS.find(({ name }) => name === 'batch-action')?.template?.(template, cloud)
  const both = ['sqs:SendMessage', 'sqs:SendMessageBatch']
  expect(corrected).toEqual({
    Resources: {
      Policy: policy(
        sends(both),
        sends(['a:B', ...both]),
        sends([...hides, 'sqs:ChangeMessageVisibilityBatch']),
        ...others,
      ),
    },
  })
})

test('functions get more time for a call, and keep their other variables', () => {
  const correct = CORRECTIONS.find(({ name }) => name === 'patient-functions')?.template
  const functionWith = (...variables: object[]) => ({
    Type: 'AWS::Lambda::Function',
    Properties: { Handler: 'index.handler', ...(variables[0] && { Environment: { Variables: variables[0] } }) },
  })
  const queue = { Type: 'AWS::SQS::Queue' }
  const template = { Resources: { One: functionWith({ TABLE_NAME: 'links' }), Two: functionWith(), Queue: queue } }
  expect(correct?.(template, cloud)).toEqual({
    Resources: {
      One: functionWith({ TABLE_NAME: 'links', TRY_MS: '5000' }),
      Two: functionWith({ TRY_MS: '5000' }),
      Queue: queue,
    },
  })
})

describe('resources that the engine refuses', () => {
  const correct = (name: string, template: object) => {
    const change = CORRECTIONS.find((correction) => correction.name === name)?.template
    return change?.(template as Template, cloud)
  }
  const topic = { Type: 'AWS::SNS::Topic' }

  test.each(REFUSED_TYPES)('refused-types removes %s and keeps the rest', (type) => {
    expect(correct('refused-types', { Resources: { Gone: { Type: type }, Topic: topic } })).toEqual({
      Resources: { Topic: topic },
    })
  })

  test('metric-math-alarms removes alarms with metric math, and no others', () => {
    const plain = { Type: 'AWS::CloudWatch::Alarm', Properties: { MetricName: 'Errors', Namespace: 'AWS/Lambda' } }
    const math = { Type: 'AWS::CloudWatch::Alarm', Properties: { Metrics: [{ Id: 'a', Expression: 'b / c' }] } }
    expect(correct('metric-math-alarms', { Resources: { Plain: plain, Math: math } })).toEqual({
      Resources: { Plain: plain },
    })
  })

  const gone = { Type: 'AWS::Logs::QueryDefinition' }

  test('dependencies on them are removed', () => {
    const Resources = {
      Gone: gone,
      Topic: topic,
      One: { ...topic, DependsOn: 'Gone' },
      Two: { ...topic, DependsOn: ['Gone', 'Topic'] },
    }
    expect(correct('refused-types', { Resources })).toEqual({
      Resources: { Topic: topic, One: topic, Two: { ...topic, DependsOn: ['Topic'] } },
    })
  })

  test('outputs and update policies that refer to them are removed, others stay', () => {
    const byTopic = { Ref: 'Topic' }
    const byGone = { 'Fn::Join': ['', ['x', { 'Fn::GetAtt': ['Gone', 'Arn'] }]] }
    const template = {
      Resources: {
        Gone: gone,
        Topic: { ...topic, UpdatePolicy: { Shift: byGone } },
        Other: { ...topic, UpdatePolicy: { Shift: byTopic } },
      },
      Outputs: { One: { Value: byGone }, Two: { Value: byTopic } },
    }
    expect(correct('refused-types', template)).toEqual({
      Resources: { Topic: topic, Other: { ...topic, UpdatePolicy: { Shift: byTopic } } },
      Outputs: { Two: { Value: byTopic } },
    })
  })

  test('a property that needs one contains a placeholder with its id', () => {
    const Properties = { Body: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Gone', 'Arn'] }, { Ref: 'Gone' }]] } }
    expect(correct('refused-types', { Resources: { Gone: gone, Topic: { ...topic, Properties } } })).toEqual({
      Resources: {
        Topic: { ...topic, Properties: { Body: { 'Fn::Join': ['', ['not-here-Gone', 'not-here-Gone']] } } },
      },
    })
  })

  test('removed resources are listed by type', () => {
    const original = { Resources: { A: gone, Topic: topic, B: { Type: 'AWS::CloudWatch::CompositeAlarm' }, C: gone } }
    const types = leftOut(original, { Resources: { Topic: topic } })
    expect(countByType(types)).toBe('1 AWS::CloudWatch::CompositeAlarm, 2 AWS::Logs::QueryDefinition')
    expect(leftOut(original, original)).toEqual([])
  })
})

test('docs/local-cloud.md lists every correction with the engine that it applies to, and no other', () => {
  const page = readFileSync(join(ROOT, 'docs/local-cloud.md'), 'utf8')
  const rows = [...page.matchAll(/^\| `([a-z-]+)` \| ([^|]+) \|/gm)].map(([, name, engine]) => [name, engine])
  expect(rows).toEqual(CORRECTIONS.map(({ name, engine }) => [name, engine]))
})

test('every correction was checked with the pinned engine', () => {
  const pinned = /^ministack==(.+)$/m.exec(readFileSync(join(ROOT, 'tools/local-cloud/requirements.txt'), 'utf8'))?.[1]
  expect(new Set(CORRECTIONS.map(({ engine }) => engine))).toEqual(new Set([`ministack ${pinned}`]))
})
