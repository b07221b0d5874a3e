import {
  ApiGatewayV2Client,
  GetApiCommand,
  GetIntegrationsCommand,
  GetRoutesCommand,
} from '@aws-sdk/client-apigatewayv2'
import { type FunctionConfiguration, GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda'
import type { Ask } from '../../lib/shared/journey.ts'
import { stackResources } from '../local-cloud/stacks.ts'
import { clientConfig, type LocalCloud } from '../support/settings.ts'

/** A route of an HTTP API. */
export interface ServedRoute {
  /** The route key, as in `GET /{code}`. */
  readonly key: string
  /** The logical id of the function behind it. */
  readonly functionName: string
  readonly needsToken: boolean
}

/**
 * Functions that answer requests, and a lookup of the one that answers a request; none if the API itself refuses it.
 */
export interface Served {
  readonly functions: readonly FunctionConfiguration[]
  readonly functionOf: (ask: Ask) => FunctionConfiguration | undefined
}

/** @throws Error when the stack has no HTTP API, or more than one. */
export async function servedBy(cloud: LocalCloud, stack: string): Promise<Served> {
  const routes = await routesOf(cloud, stack)
  const lambda = new LambdaClient(clientConfig(cloud))
  try {
    const names = [...new Set(routes.map(({ functionName }) => functionName))]
    const functions = await Promise.all(
      names.map((FunctionName) => lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))),
    )
    const functionOf = (ask: Ask) => {
      const route = routeOf(routes, ask)
      return functions.find(({ FunctionName }) => FunctionName === route?.functionName)
    }
    return { functions, functionOf }
  } finally {
    lambda.destroy()
  }
}

async function routesOf(cloud: LocalCloud, stack: string): Promise<ServedRoute[]> {
  const apis = (await stackResources(cloud, stack)).filter(({ type }) => type === 'AWS::ApiGatewayV2::Api')
  const client = new ApiGatewayV2Client(clientConfig(cloud))
  try {
    const found = await Promise.all(apis.map(({ physicalId: ApiId }) => client.send(new GetApiCommand({ ApiId }))))
    // A WebSocket API has the same type of resource.
    const http = found.filter(({ ProtocolType }) => ProtocolType === 'HTTP')
    if (http.length !== 1) throw new Error(`${stack} has ${http.length} HTTP APIs, and one was expected.`)
    const api = { ApiId: http[0]?.ApiId, MaxResults: '500' }
    const { Items: integrations = [] } = await client.send(new GetIntegrationsCommand(api))
    const { Items: routes = [] } = await client.send(new GetRoutesCommand(api))
    return routes.map(({ RouteKey: key = '', Target, AuthorizationType = 'NONE' }) => {
      const integration = integrations.find(({ IntegrationId }) => Target === `integrations/${IntegrationId}`)
      const [, functionName = ''] = /:function:([^:/]+)/.exec(integration?.IntegrationUri ?? '') ?? []
      return { key, functionName, needsToken: AuthorizationType !== 'NONE' }
    })
  } finally {
    client.destroy()
  }
}

/** Chooses as API Gateway does: the most specific route, otherwise `$default`; none if a required token is missing. */
export function routeOf(
  routes: readonly ServedRoute[],
  { method = 'GET', path, anonymous }: Pick<Ask, 'method' | 'path' | 'anonymous'>,
): ServedRoute | undefined {
  const segments = path.replace(/\?.*$/s, '').split('/')
  const literals = ({ key }: ServedRoute) => {
    const [ofMethod, template = ''] = key.split(' ')
    const named = template.split('/')
    const fits = named.every((name, index) => isParameter(name) || name === segments[index])
    if (ofMethod !== method || named.length !== segments.length || !fits) return -1
    return named.filter((name) => !isParameter(name)).length
  }
  const [best] = routes.filter((route) => literals(route) >= 0).sort((a, b) => literals(b) - literals(a))
  const route = best ?? routes.find(({ key }) => key === '$default')
  return route?.needsToken && anonymous ? undefined : route
}

function isParameter(segment: string): boolean {
  return /^\{\w+\}$/.test(segment)
}
