import { Stack, type StackProps } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { Alarms } from '../shared/alarms.ts'
import { HttpService } from '../shared/http-service.ts'
import { ServiceFunction } from '../shared/service-function.ts'
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
    const { table } = new ServiceTable(this, 'Links', { stage, alarms })
    const http = new HttpService(this, 'Http', { stage, alarms, issuer, corsOrigins: settings.corsOrigins })

    const redirect = new ServiceFunction(this, 'Redirect', {
      stage,
      alarms,
      entry: 'functions/url-shortener/redirect.handler.ts',
      budget: 'hot-path',
      description: 'Sends a visitor of a short link to its target.',
      environment: { TABLE_NAME: table.tableName },
    })
    table.grant(redirect.function, 'dynamodb:GetItem')

    const api = new ServiceFunction(this, 'Management', {
      stage,
      alarms,
      entry: 'functions/url-shortener/api.handler.ts',
      budget: 'standard',
      description: 'Creates short links, tells whether the service is well, and answers 404 and 405.',
      environment: {
        TABLE_NAME: table.tableName,
        API_URL: http.url,
        PUBLIC_URL: settings.publicUrl ?? http.url,
        TENANCY: settings.tenancy,
      },
    })
    table.grant(api.function, 'dynamodb:GetItem', 'dynamodb:PutItem')

    http.route('GET /{code}', redirect, { publicBecause: 'Anybody may follow a short link.' })
    http.route('HEAD /{code}', redirect, { publicBecause: 'Anybody may follow a short link.' })
    http.route('POST /v1/links', api, { scopes: ['links:write'] })
    http.route('GET /health', api, { publicBecause: 'Monitors look here; it tells no more than ok or failed.' })
    http.defaultRoute(api)
  }
}
