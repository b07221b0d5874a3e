import { readFileSync } from 'node:fs'
import { Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda'
import { Alarms } from '../../lib/shared/alarms.ts'
import { CanaryDeployment, RETAINED } from '../../lib/shared/canary-deployment.ts'
import {
  at,
  emptyApp,
  nameOf,
  objectsIn,
  ofType,
  type Resource,
  referenced,
  resourcesIn,
  stringsIn,
} from '../support/templates.ts'

const CANARY_TYPES = [
  'AWS::CodeDeploy::Application',
  'AWS::CodeDeploy::DeploymentGroup',
  'AWS::Lambda::Alias',
  'AWS::Lambda::Version',
]

test('dev has none of it, so that deployments are fast', () => {
  expect(ofType(resourcesIn('dev'), ...CANARY_TYPES).map(nameOf)).toEqual([])
})

describe('in prod', () => {
  const resources = resourcesIn('prod')
  const inStackOf = ({ stack }: Resource, type: string) => ofType(resources, type).filter((it) => it.stack === stack)
  const functions = ofType(resources, 'AWS::Lambda::Function')
  const aliases = ofType(resources, 'AWS::Lambda::Alias')
  const groups = ofType(resources, 'AWS::CodeDeploy::DeploymentGroup')
  const aliasOf = (fn: Resource) =>
    inStackOf(fn, 'AWS::Lambda::Alias').filter(({ properties }) => referenced(properties.FunctionName) === fn.id)
  const alarmsOf = (group: Resource) => {
    const ids = objectsIn(at(group.properties, 'AlarmConfiguration', 'Alarms')).map(({ Name }) => referenced(Name))
    return inStackOf(group, 'AWS::CloudWatch::Alarm').filter(({ id }) => ids.includes(id))
  }
  const metricsOf = (group: Resource) => alarmsOf(group).map(({ properties }) => properties)

  test('every function has the alias live, on a version that is retained, unless the deployment that created it is rolled back', () => {
    expect(functions).not.toEqual([])
    for (const fn of functions) {
      const [alias, ...others] = aliasOf(fn)
      expect(others).toEqual([])
      expect(alias?.properties.Name).toBe('live')
      const id = referenced(alias?.properties.FunctionVersion)
      const version = inStackOf(fn, 'AWS::Lambda::Version').find((candidate) => candidate.id === id)
      expect(version?.policies).toEqual({ deletion: 'RetainExceptOnCreate', replacement: 'Retain' })
    }
  })

  test('every alias has a deployment group, with a tenth for five minutes, and rollback on every kind of failure', () => {
    expect(groups).toHaveLength(aliases.length)
    for (const { properties } of groups) {
      expect(properties.DeploymentConfigName).toBe('CodeDeployDefault.LambdaCanary10Percent5Minutes')
      expect(properties.AutoRollbackConfiguration).toEqual({
        Enabled: true,
        Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_REQUEST', 'DEPLOYMENT_STOP_ON_ALARM'],
      })
      expect(at(properties, 'AlarmConfiguration', 'Enabled')).toBe(true)
      expect(at(properties, 'AlarmConfiguration', 'IgnorePollAlarmFailure')).not.toBe(true)
    }
  })

  test('every deployment monitors the errors of the new version', () => {
    for (const group of groups) {
      const [errors] = metricsOf(group).filter(({ MetricName }) => MetricName === 'Errors')
      const dimensions = objectsIn(errors?.Dimensions).filter((it) => 'Name' in it)
      expect(dimensions.map(({ Name }) => Name)).toEqual(['ExecutedVersion', 'FunctionName', 'Resource'])
      const version = inStackOf(group, 'AWS::Lambda::Version').find(({ id }) => id === referenced(dimensions[0]?.Value))
      expect(referenced(version?.properties.FunctionName)).toBe(referenced(dimensions[1]?.Value))
      expect(stringsIn(dimensions[2]?.Value)).toContain(':live')
    }
  })

  test('every deployment behind an API monitors the API’s 5xx, because handlers catch errors and answer 500', () => {
    // Integrations of WebSocket APIs have no version of the payload.
    const integrations = ofType(resources, 'AWS::ApiGatewayV2::Integration')
    const behindApi = integrations.filter(({ properties }) => 'PayloadFormatVersion' in properties).map(nameOf)
    expect(behindApi).not.toEqual([])
    const watching = groups.filter((group) =>
      metricsOf(group)
        .flatMap(objectsIn)
        .some(({ Namespace, MetricName }) => Namespace === 'AWS/ApiGateway' && MetricName === '5xx'),
    )
    expect(watching).toHaveLength(behindApi.length)
  })

  test.each([
    ['docs/deploy.md', /^\*\*Canary\.\*\*.+?\n\n/ms],
    ['docs/runbooks.md', /^## canary-rollback\n.+?(?=^\*\*Investigate)/ms],
    ['docs/architecture.md', /^\| `canary-deployment\.ts` .+$/m],
  ])('%s names every alarm of an API that rolls a deployment back', (file, passage) => {
    const [text = ''] = passage.exec(readFileSync(file, 'utf8')) ?? []
    const sections = groups.flatMap(alarmsOf).map(({ properties }) => String(properties.AlarmDescription).split('#')[1])
    const alarms = [...new Set(sections)].filter((section) => section !== 'canary-rollback')
    expect(alarms).toContain('api-server-errors')
    expect(alarms.filter((alarm) => !text.includes(`\`${alarm}\``) && !text.includes(`[${alarm}]`))).toEqual([])
  })

  test('routes invoke the alias, and API Gateway may invoke nothing else', () => {
    const names = [...new Set(aliases.map(({ id }) => id))]
    for (const { properties } of ofType(resources, 'AWS::ApiGatewayV2::Integration')) {
      const invoked = objectsIn(properties.IntegrationUri).flatMap((node) => referenced(node) ?? [])
      expect(names.filter((name) => invoked.includes(name))).toHaveLength(1)
    }
    const permissions = ofType(resources, 'AWS::Lambda::Permission')
    expect(permissions.filter(({ properties }) => properties.Principal === 'apigateway.amazonaws.com')).not.toEqual([])
    for (const { properties } of permissions) expect(names).toContain(referenced(properties.FunctionName))
  })

  test('CodeDeploy may update the alias of one function, and read alarms', () => {
    for (const group of groups) {
      const role = inStackOf(group, 'AWS::IAM::Role').find(
        ({ id }) => id === referenced(group.properties.ServiceRoleArn),
      )
      const statements = objectsIn(role?.properties.Policies).filter((it) => it.Effect === 'Allow')
      expect(statements.flatMap(({ Action }) => stringsIn(Action))).toEqual([
        'lambda:GetAlias',
        'lambda:UpdateAlias',
        'lambda:GetProvisionedConcurrencyConfig',
        'cloudwatch:DescribeAlarms',
      ])
      const functionsNamed = statements
        .slice(0, 2)
        .flatMap(({ Resource }) => objectsIn(Resource).flatMap((node) => referenced(node) ?? []))
      expect(new Set(functionsNamed).size).toBe(1)
    }
  })
})

describe('the version', () => {
  function versionWith(code: string, environment: Record<string, string>): string | undefined {
    const stack = new Stack(emptyApp(), 'Stack')
    const fn = new LambdaFunction(stack, 'Function', {
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: Code.fromInline(code),
      environment,
      currentVersionOptions: RETAINED,
    })
    new CanaryDeployment(stack, 'Canary', { function: fn, alarms: new Alarms(stack, 'Alarms') })
    return Object.keys(Template.fromStack(stack).findResources('AWS::Lambda::Version'))[0]
  }
  const before = versionWith('exports.handler = async () => 1', { NAME: 'one' })

  test('is the same for the same code and configuration', () => {
    expect(versionWith('exports.handler = async () => 1', { NAME: 'one' })).toBe(before)
  })

  test('is new when the code is', () => {
    expect(versionWith('exports.handler = async () => 2', { NAME: 'one' })).not.toBe(before)
  })

  test('is new when the configuration is', () => {
    expect(versionWith('exports.handler = async () => 1', { NAME: 'two' })).not.toBe(before)
  })
})
