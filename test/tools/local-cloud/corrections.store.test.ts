import { randomUUID } from 'node:crypto'
import { ApiGatewayV2Client, GetApiCommand } from '@aws-sdk/client-apigatewayv2'
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackResourcesCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation'
import { DescribeContinuousBackupsCommand, DescribeTimeToLiveCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { CORRECTIONS, type DeployedStack, REFUSED_TYPES } from '../../../tools/local-cloud/corrections.ts'
import type { Template, TemplateResource } from '../../../tools/local-cloud/template.ts'
import { localCloud } from '../../../tools/support/settings.ts'
import { sdkConfig } from '../../support/cloud.ts'
import { call } from '../../support/http.ts'

/** The resources that corrections apply to, as CloudFormation gets them. */
const template = {
  Resources: {
    Table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
        TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      },
    },
    Api: {
      Type: 'AWS::ApiGatewayV2::Api',
      Properties: {
        Name: 'corrections',
        ProtocolType: 'HTTP',
        CorsConfiguration: { AllowOrigins: ['https://example.com'], AllowMethods: ['*'], MaxAge: 3600 },
      },
    },
    Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { GenerateSecretString: {} } },
    Stage: {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: { ApiId: { Ref: 'Api' }, StageName: '$default', AutoDeploy: true },
    },
  },
}

const cloud = localCloud()
const cloudFormation = new CloudFormationClient(sdkConfig)
const dynamodb = new DynamoDBClient(sdkConfig)
const apis = new ApiGatewayV2Client(sdkConfig)
const StackName = `corrections-${Date.now()}`
let stack: DeployedStack

beforeAll(async () => {
  await cloudFormation.send(new CreateStackCommand({ StackName, TemplateBody: JSON.stringify(template) }))
  await waitUntilStackCreateComplete({ client: cloudFormation, maxWaitTime: 60, minDelay: 1 }, { StackName })
  const { StackResources = [] } = await cloudFormation.send(new DescribeStackResourcesCommand({ StackName }))
  stack = {
    template,
    physicalIds: Object.fromEntries(
      StackResources.map(({ LogicalResourceId = '', PhysicalResourceId = '' }) => [
        LogicalResourceId,
        PhysicalResourceId,
      ]),
    ),
  }
})
afterAll(async () => {
  await cloudFormation.send(new DeleteStackCommand({ StackName }))
  for (const client of [cloudFormation, dynamodb, apis]) client.destroy()
})

const ttl = async () => {
  const answer = await dynamodb.send(new DescribeTimeToLiveCommand({ TableName: stack.physicalIds.Table }))
  return answer.TimeToLiveDescription?.TimeToLiveStatus
}
const recovery = async () => {
  const answer = await dynamodb.send(new DescribeContinuousBackupsCommand({ TableName: stack.physicalIds.Table }))
  return answer.ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus
}
const preflight = async () => {
  const { status, headers } = await call(`${cloud.endpoint}/_aws/execute-api/${stack.physicalIds.Api}/any`, {
    method: 'OPTIONS',
    headers: { origin: 'https://example.com', 'access-control-request-method': 'POST' },
  })
  return [status < 300, headers.get('access-control-allow-origin')]
}

/** The engine's behaviour without corrections: when one of these changes, its correction can be removed. */
const NEEDED: Record<string, { look: () => Promise<unknown>; dropped: unknown; corrected: unknown }> = {
  'table-ttl': { look: ttl, dropped: 'DISABLED', corrected: 'ENABLED' },
  'table-recovery': { look: recovery, dropped: 'DISABLED', corrected: 'ENABLED' },
  'http-cors': { look: preflight, dropped: [false, null], corrected: [true, 'https://example.com'] },
}

test.each(CORRECTIONS.filter(({ deployed }) => deployed))('$name is still needed, works, and can be repeated', async ({
  name,
  deployed,
}) => {
  const proof = NEEDED[name]
  expect(await proof?.look()).toEqual(proof?.dropped)
  await deployed?.(stack, cloud)
  await deployed?.(stack, cloud)
  expect(await proof?.look()).toEqual(proof?.corrected)
})

test('secret-ref is still needed: the Ref of a secret is its name', () => {
  expect(stack.physicalIds.Secret).not.toMatch(/^arn:/)
})

test('api-endpoint is still needed: the engine names a host that only some machines resolve', async () => {
  const { ApiEndpoint } = await apis.send(new GetApiCommand({ ApiId: stack.physicalIds.Api }))
  expect(ApiEndpoint).toContain('.execute-api.localhost')
})

/**
 * Resources that the engine refuses, as complete as AWS requires: when one of these can be created, its correction can
 * be removed.
 */
const REFUSED: Record<string, TemplateResource> = {
  'AWS::ApiGatewayV2::RouteResponse': {
    Type: 'AWS::ApiGatewayV2::RouteResponse',
    Properties: { ApiId: 'api', RouteId: 'route', RouteResponseKey: '$default' },
  },
  'AWS::CloudWatch::CompositeAlarm': {
    Type: 'AWS::CloudWatch::CompositeAlarm',
    Properties: { AlarmRule: 'FALSE' },
  },
  'AWS::CodeDeploy::Application': {
    Type: 'AWS::CodeDeploy::Application',
    Properties: { ComputePlatform: 'Lambda' },
  },
  'AWS::CodeDeploy::DeploymentGroup': {
    Type: 'AWS::CodeDeploy::DeploymentGroup',
    Properties: { ApplicationName: 'app', ServiceRoleArn: 'arn:aws:iam::000000000000:role/deploys' },
  },
  'AWS::Events::Archive': {
    Type: 'AWS::Events::Archive',
    Properties: { SourceArn: 'arn:aws:events:us-east-1:000000000000:event-bus/default' },
  },
  'AWS::Logs::QueryDefinition': {
    Type: 'AWS::Logs::QueryDefinition',
    Properties: { Name: 'query', QueryString: 'fields @message' },
  },
  'metric math': {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 1,
      Threshold: 1,
      Metrics: [
        { Id: 'doubled', Expression: 'errors * 2' },
        {
          Id: 'errors',
          ReturnData: false,
          MetricStat: { Metric: { Namespace: 'AWS/ApiGateway', MetricName: '5xx' }, Period: 300, Stat: 'Sum' },
        },
      ],
    },
  },
}

test('every removed type has a test', () => {
  expect(Object.keys(REFUSED).filter((name) => name !== 'metric math')).toEqual(REFUSED_TYPES)
})

test.each(Object.entries(REFUSED))('a stack with %s is still refused, and deploys without it', async (_, resource) => {
  const whole: Template = { Resources: { Refused: resource, Topic: { Type: 'AWS::SNS::Topic' } } }
  const corrected = CORRECTIONS.reduce((current, { template }) => template?.(current, cloud) ?? current, whole)
  expect([await canBeMade(whole), await canBeMade(corrected)]).toEqual([false, true])
})

async function canBeMade(template: Template): Promise<boolean> {
  const StackName = `refused-${randomUUID()}`
  try {
    await cloudFormation.send(new CreateStackCommand({ StackName, TemplateBody: JSON.stringify(template) }))
    await waitUntilStackCreateComplete({ client: cloudFormation, maxWaitTime: 60, minDelay: 1 }, { StackName })
    return true
  } catch {
    return false
  } finally {
    await cloudFormation.send(new DeleteStackCommand({ StackName }))
  }
}
