import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation'
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { build } from 'esbuild'
import { BUNDLING } from '../../lib/shared/function-bundles.ts'
import { RealtimeApi } from '../../lib/shared/realtime-api.ts'
import { ServiceTable } from '../../lib/shared/service-table.ts'
import { ensureBucket, s3Client } from '../../tools/local-cloud/buckets.ts'
import { CORRECTIONS } from '../../tools/local-cloud/corrections.ts'
import type { Template } from '../../tools/local-cloud/template.ts'
import { localCloud } from '../../tools/support/settings.ts'
import { sdkConfig } from './cloud.ts'
import { stackOfConstructs } from './constructs.ts'

/** A deployed WebSocket API whose functions are in `websocket-functions.ts`. */
export interface WebSocketStack {
  url: string
  tableName: string
  /** Returns all lines that a function has logged. */
  logLines: (name: 'Authorizer' | 'Sockets') => Promise<string[]>
}

/** Deploys the stack before the tests of a file, and deletes it after them. */
export function useWebSocketStack(): () => WebSocketStack {
  const client = new CloudFormationClient(sdkConfig)
  const StackName = `sockets-${randomUUID()}`
  let stack: WebSocketStack | undefined
  beforeAll(async () => {
    const TemplateURL = await upload(StackName, JSON.stringify(await corrected()))
    await client.send(new CreateStackCommand({ StackName, TemplateURL, Capabilities: ['CAPABILITY_IAM'] }))
    await waitUntilStackCreateComplete({ client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 }, { StackName })
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }))
    const outputs = new Map(Stacks?.[0]?.Outputs?.map(({ OutputKey, OutputValue = '' }) => [OutputKey, OutputValue]))
    const output = (key: string) => outputs.get(key) ?? ''
    const logLines = (name: string) => linesOf(output(`${name}Logs`))
    stack = { url: output('WebSocketUrl'), tableName: output('TableName'), logLines }
  })
  afterAll(async () => {
    await client.send(new DeleteStackCommand({ StackName }))
    client.destroy()
  })
  return () => {
    if (!stack) throw new Error('The stack is deployed before the tests, and not while they are described.')
    return stack
  }
}

async function linesOf(logGroupName: string): Promise<string[]> {
  const client = new CloudWatchLogsClient(sdkConfig)
  const { events = [] } = await client.send(new FilterLogEventsCommand({ logGroupName }))
  client.destroy()
  return events.map(({ message = '' }) => message)
}

/** A request holds a template of 51,200 bytes; a larger one is read from S3. */
async function upload(Bucket: string, Body: string): Promise<string> {
  const client = s3Client(localCloud())
  await ensureBucket(client, Bucket)
  await client.send(new PutObjectCommand({ Bucket, Key: 'template.json', Body }))
  client.destroy()
  return `${sdkConfig.endpoint}/${Bucket}/template.json`
}

/** Builds the template as a system's is built, corrects it as `npm start` does, and puts the functions' code into it. */
async function corrected(): Promise<Template> {
  const code = await inlineCode()
  const template = CORRECTIONS.reduce<Template>(
    (current, { template: correct }) => correct?.(current, localCloud()) ?? current,
    synthesized(),
  )
  for (const { Type, Properties } of Object.values(template.Resources)) {
    if (Type === 'AWS::Lambda::Function') Object.assign(Properties ?? {}, { Code: { ZipFile: code } })
  }
  return template
}

function synthesized(): Template {
  const { template } = stackOfConstructs('dev', ({ stack, stage, alarms, fn }) => {
    const table = new ServiceTable(stack, 'Table', { stage, alarms })
    const [authorizer, sockets] = [fn('Authorizer'), fn('Sockets')]
    table.grantKeys(authorizer.target, ['W#*'], 'dynamodb:DeleteItem')
    const routes = { connect: sockets, disconnect: sockets, message: sockets }
    const realtime = new RealtimeApi(stack, 'Realtime', { stage, alarms, authorizer, namespace: 'Test', ...routes })
    realtime.grantManageConnections(sockets)
    for (const { function: each, node } of [authorizer, sockets]) {
      each.addEnvironment('TABLE_NAME', table.table.tableName)
      each.addEnvironment('ROLE', node.id)
    }
  })
  const json = template.toJSON()
  const byRef = (start: string) => ({ Value: { Ref: Object.keys(json.Resources).find((id) => id.startsWith(start)) } })
  const Outputs = {
    WebSocketUrl: json.Outputs.WebSocketUrl,
    TableName: byRef('Table'),
    AuthorizerLogs: byRef('AuthorizerLogs'),
    SocketsLogs: byRef('SocketsLogs'),
  }
  const resources: Template = { Resources: json.Resources }
  return Object.assign(resources, { Outputs })
}

/** Bundles the functions into one text: code in a template is CommonJS. */
async function inlineCode(): Promise<string> {
  const { outputFiles } = await build({
    ...BUNDLING,
    format: 'cjs',
    splitting: false,
    entryPoints: [resolve(import.meta.dirname, 'websocket-functions.ts')],
    outdir: '.build/unused',
    write: false,
  })
  return outputFiles[0]?.text ?? ''
}
