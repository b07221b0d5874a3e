import { Duration, Stack, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { Alarms } from '../shared/alarms.ts'
import { HttpService } from '../shared/http-service.ts'
import { Observability } from '../shared/observability.ts'
import { ServiceFunction } from '../shared/service-function.ts'
import { ServiceSecret } from '../shared/service-secret.ts'
import { ServiceTable } from '../shared/service-table.ts'
import type { Settings, TokenIssuer } from '../shared/settings.ts'

export interface UrlShortenerProps extends StackProps {
  readonly settings: Settings
  readonly issuer: TokenIssuer
}

/** Short links: a redirect function that visitors wait for, kept small, and an API that manages the links. */
export class UrlShortener extends Stack {
  constructor(scope: Construct, id: string, props: UrlShortenerProps) {
    super(scope, id, props)
    const { issuer, settings } = props
    const { stage } = settings
    const alarms = new Alarms(this, 'Alarms')
    const links = new ServiceTable(this, 'Links', {
      stage,
      alarms,
      indexes: [{ name: 'byTenant', partitionKey: 'listPk', sortKey: 'listSk' }],
    })
    const http = new HttpService(this, 'Http', { stage, alarms, issuer, corsOrigins: settings.corsOrigins })

    const redirect = new ServiceFunction(this, 'Redirect', {
      stage,
      alarms,
      entry: 'functions/url-shortener/redirect.handler.ts',
      budget: 'hot-path',
      description: 'Sends a visitor of a short link to its target.',
      environment: { TABLE_NAME: links.table.tableName },
    })
    links.grant(redirect.target, 'dynamodb:GetItem')

    const cursorSecret = new ServiceSecret(this, 'CursorSecret', { stage }).secret
    const timeout = Duration.seconds(10)
    const api = new ServiceFunction(this, 'Management', {
      stage,
      alarms,
      entry: 'functions/url-shortener/api.handler.ts',
      budget: 'standard',
      description: 'Manages short links, tells whether the service is well, and answers 404 and 405.',
      timeout,
      environment: {
        TABLE_NAME: links.table.tableName,
        CURSOR_SECRET: cursorSecret.secretArn,
        TIMEOUT_MS: String(timeout.toMilliseconds()),
        API_URL: http.url,
        PUBLIC_URL: settings.publicUrl ?? http.url,
        TENANCY: settings.tenancy,
      },
    })
    links.grant(api.target, 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem')
    links.grantQuery(api.target, 'byTenant')
    cursorSecret.grantRead(api.target)

    http.route('GET /{code}', redirect, { publicBecause: 'Anybody may follow a short link.' })
    http.route('HEAD /{code}', redirect, { publicBecause: 'Anybody may follow a short link.' })
    http.route('POST /v1/links', api, { scopes: ['links:write'] })
    http.route('GET /v1/links', api, { scopes: ['links:read'] })
    http.route('GET /v1/links/{code}', api, { scopes: ['links:read'] })
    http.route('PATCH /v1/links/{code}', api, { scopes: ['links:write'] })
    http.route('DELETE /v1/links/{code}', api, { scopes: ['links:write'] })
    for (const routeKey of ['GET /health', 'HEAD /health']) {
      http.route(routeKey, api, { publicBecause: 'Monitors look here; it tells no more than ok or failed.' })
    }
    http.defaultRoute(api)

    new Observability(this, 'Observability', { alarms, http, functions: [redirect, api], tables: [links.table] })
  }
}
