import { ApiGatewayV2Client, UpdateApiCommand } from '@aws-sdk/client-apigatewayv2'
import {
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  UpdateContinuousBackupsCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb'
import { clientConfig, type LocalCloud } from '../support/settings.ts'
import { withLocalApis, withLocalStages } from './endpoints.ts'
import { withoutResources } from './refused-resources.ts'
import { resourcesOfType, rewrite, type Template, type TemplateResource } from './template.ts'

/** A deployed stack: its template, and the physical id of each logical id. */
export interface DeployedStack {
  template: Template
  physicalIds: Record<string, string>
}

/**
 * A workaround, outside of the stacks, for a difference between an engine and AWS. docs/local-cloud.md lists them all.
 * One without `template` and `deployed` is made in the engine itself, by `ministack-launcher.py`.
 */
export interface Correction {
  name: string
  /** The engine and version with the difference; check again when the version changes. */
  engine: string
  reason: string
  /** Changes a copy of a template before it is deployed; resources that it leaves out are printed. */
  template?: (template: Template, cloud: LocalCloud) => Template
  /** Configures with the SDK, after each deployment, what the engine dropped. Safe to repeat. */
  deployed?: (stack: DeployedStack, cloud: LocalCloud) => Promise<void>
}

/** Types for which the engine refuses the whole template, so that nothing of it is deployed. */
export const REFUSED_TYPES: readonly string[] = [
  'AWS::ApiGatewayV2::RouteResponse',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CodeDeploy::Application',
  'AWS::CodeDeploy::DeploymentGroup',
  'AWS::Events::Archive',
  'AWS::Logs::QueryDefinition',
]

export const CORRECTIONS: readonly Correction[] = [
  {
    name: 'api-endpoint',
    engine: 'ministack 1.5.33',
    reason:
      'An API’s endpoint is <id>.execute-api.localhost, which does not resolve on every machine: it is replaced by the form with the id in the path.',
    template: withLocalApis,
  },
  {
    name: 'socket-endpoint',
    engine: 'ministack 1.5.33',
    reason:
      'The engine serves no wss:// and https:// below amazonaws.com: the URL of a WebSocket API’s stage is replaced by the form with the id in the path.',
    template: withLocalStages,
  },
  {
    name: 'socket-functions',
    engine: 'ministack 1.5.33',
    reason:
      'All events of WebSocket APIs wait for one worker of their function, log nothing, and show its error to the client: they are handled like all other events (ministack-launcher.py).',
  },
  {
    name: 'socket-connected-at',
    engine: 'ministack 1.5.33',
    reason: 'connectedAt is the time of each event: it is that of the connection (ministack-launcher.py).',
  },
  {
    name: 'function-logs',
    engine: 'ministack 1.5.33',
    reason:
      'Lines that aren’t read 50 ms after an invocation are logged with the function’s next one, or never: the engine waits for them (ministack-launcher.py).',
  },
  {
    name: 'secret-ref',
    engine: 'ministack 1.5.33',
    reason: 'The Ref of a secret is its name, where AWS gives its ARN; the attribute Id is right.',
    template: (template) => {
      const secrets = new Set(resourcesOfType(template, 'AWS::SecretsManager::Secret').map(([id]) => id))
      return rewrite(template, (node) => secretArn(node, secrets)) as Template
    },
  },
  {
    name: 'refused-types',
    engine: 'ministack 1.5.33',
    reason: 'Templates with a resource of REFUSED_TYPES are refused.',
    template: (template) => withoutResources(template, ({ Type }) => REFUSED_TYPES.includes(Type)),
  },
  {
    name: 'metric-math-alarms',
    engine: 'ministack 1.5.33',
    reason: 'An alarm with Metrics, such as metric math, fails and rolls its stack back.',
    template: (template) =>
      withoutResources(
        template,
        ({ Type, Properties }) => Type === 'AWS::CloudWatch::Alarm' && Properties?.Metrics !== undefined,
      ),
  },
  {
    name: 'tls-only-policies',
    engine: 'ministack 1.5.33',
    reason:
      'The endpoint speaks plain HTTP: with IAM enforced, a queue or topic that refuses requests without TLS refuses all of them.',
    template: withoutTlsOnly,
  },
  {
    name: 'batch-action',
    engine: 'ministack 1.5.33',
    reason:
      'With IAM enforced, SendMessageBatch and ChangeMessageVisibilityBatch need actions of their own, which AWS does not have: whoever may do the same with one message gets them.',
    template: (template) => rewrite(template, withBatchAction) as Template,
  },
  {
    name: 'patient-functions',
    engine: 'ministack 1.5.33',
    reason:
      'The engine shares a machine’s cores with every function’s processes: a call may take longer than a second, which is the limit of an attempt on AWS.',
    template: withPatience,
  },
  {
    name: 'table-ttl',
    engine: 'ministack 1.5.33',
    reason: 'TimeToLiveSpecification of a table is dropped.',
    deployed: async ({ template, physicalIds }, cloud) => {
      const client = new DynamoDBClient(clientConfig(cloud))
      for (const [id, { Properties }] of resourcesOfType(template, 'AWS::DynamoDB::Table')) {
        const wanted = Properties?.TimeToLiveSpecification as { AttributeName: string; Enabled: boolean } | undefined
        if (wanted?.Enabled) await enableTtl(client, physicalIds[id], wanted.AttributeName)
      }
      client.destroy()
    },
  },
  {
    name: 'table-recovery',
    engine: 'ministack 1.5.33',
    reason: 'PointInTimeRecoverySpecification of a table is dropped.',
    deployed: async ({ template, physicalIds }, cloud) => {
      const client = new DynamoDBClient(clientConfig(cloud))
      for (const [id, { Properties }] of resourcesOfType(template, 'AWS::DynamoDB::Table')) {
        const wanted = Properties?.PointInTimeRecoverySpecification as
          | { PointInTimeRecoveryEnabled: boolean }
          | undefined
        if (!wanted) continue
        await client.send(
          new UpdateContinuousBackupsCommand({ TableName: physicalIds[id], PointInTimeRecoverySpecification: wanted }),
        )
      }
      client.destroy()
    },
  },
  {
    name: 'http-cors',
    engine: 'ministack 1.5.33',
    reason: 'CorsConfiguration of an HTTP API is dropped, and preflights are refused.',
    deployed: async ({ template, physicalIds }, cloud) => {
      const client = new ApiGatewayV2Client(clientConfig(cloud))
      for (const [id, { Properties }] of resourcesOfType(template, 'AWS::ApiGatewayV2::Api')) {
        const cors = Properties?.CorsConfiguration as Record<string, unknown> | undefined
        if (!cors) continue
        await client.send(new UpdateApiCommand({ ApiId: physicalIds[id], CorsConfiguration: cors }))
      }
      client.destroy()
    },
  },
]

function secretArn(node: object, secrets: ReadonlySet<string>): unknown {
  const { Ref } = node as { Ref?: unknown }
  return typeof Ref === 'string' && secrets.has(Ref) ? { 'Fn::GetAtt': [Ref, 'Id'] } : undefined
}

/** Removes the statements of a resource's policy that deny requests without TLS. */
function withoutTlsOnly(template: Template): Template {
  const resources = Object.entries(template.Resources).map(([id, resource]): [string, TemplateResource] => {
    const document = resource.Properties?.PolicyDocument as { Statement?: unknown } | undefined
    if (!Array.isArray(document?.Statement)) return [id, resource]
    const Statement = document.Statement.filter((statement) => !deniesPlainHttp(statement))
    return [id, { ...resource, Properties: { ...resource.Properties, PolicyDocument: { ...document, Statement } } }]
  })
  return { ...template, Resources: Object.fromEntries(resources) }
}

/** The actions of single messages whose batches AWS allows with them. */
const BATCHED = ['sqs:ChangeMessageVisibility', 'sqs:SendMessage']

/** Adds the actions of batches to a statement that allows those of single messages. */
function withBatchAction(node: object): unknown {
  const { Effect, Action } = node as { Effect?: unknown; Action?: unknown }
  const actions = [Action].flat()
  const batches = BATCHED.filter((action) => actions.includes(action)).map((action) => `${action}Batch`)
  return Effect === 'Allow' && batches.length > 0 ? { ...node, Action: [...actions, ...batches] } : undefined
}

/** The time limit of an attempt in ms: functions read it where they call AWS. */
const TRY_MS = '5000'
/** In ms, of a limiter's decision: the most that one can have. */
const LIMIT_BUDGET_MS = '1000'

function withPatience(template: Template): Template {
  const functions = resourcesOfType(template, 'AWS::Lambda::Function').map(([id, resource]) => {
    const { Variables } = (resource.Properties?.Environment ?? {}) as { Variables?: Record<string, unknown> }
    const patience = Variables?.LIMIT_BUDGET_MS === undefined ? { TRY_MS } : { TRY_MS, LIMIT_BUDGET_MS }
    const Environment = { Variables: { ...Variables, ...patience } }
    return [id, { ...resource, Properties: { ...resource.Properties, Environment } }]
  })
  return { ...template, Resources: { ...template.Resources, ...Object.fromEntries(functions) } }
}

function deniesPlainHttp(statement: { Effect?: unknown; Condition?: { Bool?: Record<string, unknown> } }): boolean {
  return statement.Effect === 'Deny' && statement.Condition?.Bool?.['aws:SecureTransport'] === 'false'
}

async function enableTtl(client: DynamoDBClient, tableName: string | undefined, attribute: string): Promise<void> {
  const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName: tableName }))
  if (TimeToLiveDescription?.TimeToLiveStatus === 'ENABLED') return
  await client.send(
    new UpdateTimeToLiveCommand({
      TableName: tableName,
      TimeToLiveSpecification: { AttributeName: attribute, Enabled: true },
    }),
  )
}
