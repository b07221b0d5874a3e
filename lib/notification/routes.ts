/** Routes that one function serves to tokens with one of some scopes. */
export interface RouteGroup {
  readonly handler: 'api' | 'manage'
  readonly scopes: [string, ...string[]]
  readonly routeKeys: readonly string[]
}

/** All routes that ask for a token. */
export const ROUTES: readonly RouteGroup[] = [
  {
    handler: 'api',
    scopes: ['notify:send'],
    routeKeys: [
      'POST /v1/notifications',
      'POST /v1/notifications/bulk',
      'GET /v1/notifications',
      'GET /v1/notifications/{id}',
      'GET /v1/notifications/{id}/why',
      'DELETE /v1/notifications/{id}',
    ],
  },
  {
    handler: 'api',
    scopes: ['notify:send', 'notify:manage', 'notify:self', 'notify:admin'],
    routeKeys: ['GET /v1/test/outbox'],
  },
  {
    handler: 'manage',
    scopes: ['notify:manage'],
    routeKeys: [
      'GET /v1/categories',
      'GET /v1/categories/{name}',
      'PUT /v1/categories/{name}',
      'DELETE /v1/categories/{name}',
    ],
  },
]
