import { CloudFormationClient, CreateStackCommand, waitUntilStackCreateComplete } from '@aws-sdk/client-cloudformation'
import { stackResources } from '../local-cloud/stacks.ts'
import { clientConfig, type LocalCloud } from '../support/settings.ts'

const STACK = 'BenchNoOp'
export const NO_OP_STATUS = 302
const ANSWER = { statusCode: NO_OP_STATUS, headers: { location: 'https://example.com/', 'cache-control': 'no-store' } }

/** A handler that logs a line, as all of ours do: the engine waits 50 ms for the line of a function that logs none. */
const CODE = `exports.handler = async () => { console.log('{}'); return ${JSON.stringify(ANSWER)} }`

/** The route to the function: its key, and the issuer of the tokens that it asks for. */
export interface NoOpRoute {
  routeKey: string
  issuer?: { url: string; audience: string }
}

const ROLE = {
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }],
    },
  },
}

const FUNCTION = {
  Role: ROLE,
  Function: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      MemorySize: 512,
      Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
      Code: { ZipFile: CODE },
    },
  },
  Permission: {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: { Ref: 'Function' },
      Principal: 'apigateway.amazonaws.com',
    },
  },
}

/** An HTTP API with one function that answers at once: the remaining time is the engine's own. */
export function noOpTemplate({ routeKey, issuer }: NoOpRoute) {
  const authorizer = issuer && {
    Authorizer: {
      Type: 'AWS::ApiGatewayV2::Authorizer',
      Properties: {
        ApiId: { Ref: 'Api' },
        AuthorizerType: 'JWT',
        Name: 'tokens',
        IdentitySource: ['$request.header.Authorization'],
        JwtConfiguration: { Issuer: issuer.url, Audience: [issuer.audience] },
      },
    },
  }
  return {
    Resources: {
      ...FUNCTION,
      ...authorizer,
      Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: STACK, ProtocolType: 'HTTP' } },
      Integration: {
        Type: 'AWS::ApiGatewayV2::Integration',
        Properties: {
          ApiId: { Ref: 'Api' },
          IntegrationType: 'AWS_PROXY',
          IntegrationUri: { 'Fn::GetAtt': ['Function', 'Arn'] },
          PayloadFormatVersion: '2.0',
        },
      },
      Route: {
        Type: 'AWS::ApiGatewayV2::Route',
        Properties: {
          ApiId: { Ref: 'Api' },
          RouteKey: routeKey,
          Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Integration' }]] },
          ...(authorizer && { AuthorizationType: 'JWT', AuthorizerId: { Ref: 'Authorizer' } }),
        },
      },
      Stage: {
        Type: 'AWS::ApiGatewayV2::Stage',
        Properties: { ApiId: { Ref: 'Api' }, StageName: '$default', AutoDeploy: true },
      },
    },
  }
}

const DEPLOY_SECONDS = 60

/**
 * Deploys a function that does nothing beside those of a system.
 *
 * @param other the URL of a deployed API: the new one's URL is the same with another id.
 * @returns the new API's URL.
 */
export async function deployNoOp(
  cloud: LocalCloud,
  { other, ...route }: NoOpRoute & { other: { stack: string; apiUrl: string } },
): Promise<string> {
  const client = new CloudFormationClient(clientConfig(cloud))
  const TemplateBody = JSON.stringify(noOpTemplate(route))
  const input = { StackName: STACK, TemplateBody, Capabilities: ['CAPABILITY_IAM' as const] }
  try {
    await client.send(new CreateStackCommand(input))
    await waitUntilStackCreateComplete({ client, maxWaitTime: DEPLOY_SECONDS, minDelay: 1 }, { StackName: STACK })
  } finally {
    client.destroy()
  }
  return other.apiUrl.replace(await apiId(cloud, other.stack), await apiId(cloud, STACK))
}

async function apiId(cloud: LocalCloud, stack: string): Promise<string> {
  const api = (await stackResources(cloud, stack)).find(({ type }) => type === 'AWS::ApiGatewayV2::Api')
  if (!api) throw new Error(`${stack} has no HTTP API.`)
  return api.physicalId
}
