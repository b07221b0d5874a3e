import { connect, type Edge } from './edges.ts'
import { routeLines } from './route-lines.ts'
import { at, type Resource, type StackView } from './stack-view.ts'

/** Draws the edges from callers to the APIs, and from the APIs to their integrations. */
export function apiEdges(stack: StackView): Edge[] {
  return [...stack.ofType('AWS::ApiGatewayV2::Api').flatMap((api) => edgesOf(api, stack)), ...functionUrls(stack)]
}

interface Route {
  readonly key: string
  readonly caller: string
  readonly targets: readonly string[]
}

function edgesOf(api: Resource, stack: StackView): Edge[] {
  const routes = routesOf(api, stack)
  const targets = [...new Set(routes.flatMap((route) => route.targets))]
  return [
    ...[...Map.groupBy(routes, ({ caller }) => caller)].flatMap(([caller, own]) =>
      connect([caller], [api.id], { lines: routeLines(own.map(({ key }) => key)) }),
    ),
    ...authorizerEdges(api, stack),
    ...targets.flatMap((target) => {
      const own = routes.filter((route) => route.targets.includes(target))
      return connect([api.id], [target], { lines: routeLines(own.map(({ key }) => key)) })
    }),
  ]
}

function routesOf(api: Resource, stack: StackView): Route[] {
  const routes = stack
    .ofType('AWS::ApiGatewayV2::Route')
    .filter(({ properties }) => stack.ids(properties.ApiId).includes(api.id))
  // A WebSocket checks access at the connection only: its other routes require nothing themselves.
  const connecting = routes.find(({ properties }) => properties.RouteKey === '$connect')
  return routes.map((route) => ({
    key: String(route.properties.RouteKey),
    caller: callerOf(connecting ?? route),
    targets: targetsOf(route, stack),
  }))
}

function callerOf({ properties }: Resource): string {
  const type = properties.AuthorizationType ?? 'NONE'
  if (type === 'NONE') return 'person:Visitor'
  return type === 'AWS_IAM' ? 'person:Client with AWS credentials' : 'person:Client with a token'
}

function targetsOf(route: Resource, stack: StackView): string[] {
  const integrations = stack.ids(route.properties.Target)
  return stack
    .ofType('AWS::ApiGatewayV2::Integration')
    .filter(({ id }) => integrations.includes(id))
    .flatMap(({ properties }) => {
      // A direct integration with a service, as in SQS-SendMessage, names the queue in its parameters.
      const targets = stack.ends(properties.IntegrationUri)
      return targets.length > 0 ? targets : stack.ends(properties.RequestParameters)
    })
}

function authorizerEdges(api: Resource, stack: StackView): Edge[] {
  return stack
    .ofType('AWS::ApiGatewayV2::Authorizer')
    .filter(({ properties }) => stack.ids(properties.ApiId).includes(api.id))
    .flatMap(({ properties }) => [
      ...connect([api.id], stack.ends(properties.AuthorizerUri), { lines: ['asks who it is'], dotted: true }),
      ...connect([api.id], stack.ends(at(properties.JwtConfiguration, 'Issuer')), {
        lines: ['trusts its tokens'],
        dotted: true,
      }),
    ])
}

function functionUrls(stack: StackView): Edge[] {
  return stack.ofType('AWS::Lambda::Url').flatMap(({ properties }) => {
    const caller = properties.AuthType === 'AWS_IAM' ? 'person:Client with AWS credentials' : 'person:Visitor'
    return connect([caller], stack.ends(properties.TargetFunctionArn), { lines: ['function URL'] })
  })
}
