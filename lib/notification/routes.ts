/** Routes that one function serves to tokens with one of some scopes. */
export interface RouteGroup {
  readonly handler: 'api' | 'topics' | 'manage' | 'operate' | 'inbox'
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
    handler: 'topics',
    scopes: ['notify:send'],
    routeKeys: [
      'GET /v1/topics/{topic}/subscribers',
      'PUT /v1/topics/{topic}/subscribers/{user}',
      'DELETE /v1/topics/{topic}/subscribers/{user}',
      'POST /v1/topics/{topic}/publish',
      'GET /v1/broadcasts/{id}',
      'DELETE /v1/broadcasts/{id}',
    ],
  },
  {
    handler: 'manage',
    scopes: ['notify:manage'],
    routeKeys: [
      'GET /v1/categories',
      'GET /v1/categories/{name}',
      'PUT /v1/categories/{name}',
      'DELETE /v1/categories/{name}',
      'PUT /v1/templates/{name}',
      'POST /v1/templates/{name}/preview',
      'GET /v1/suppressions',
      'PUT /v1/suppressions/{channel}',
      'DELETE /v1/suppressions/{channel}',
      'PUT /v1/settings',
    ],
  },
  {
    handler: 'manage',
    scopes: ['notify:manage', 'notify:self'],
    routeKeys: [
      'PUT /v1/users/{id}',
      'DELETE /v1/users/{id}',
      'GET /v1/users/{id}/preferences',
      'PUT /v1/users/{id}/preferences',
      'GET /v1/users/{id}/endpoints',
      'PUT /v1/users/{id}/endpoints/{endpointId}',
      'DELETE /v1/users/{id}/endpoints/{endpointId}',
    ],
  },
  {
    handler: 'operate',
    scopes: ['notify:manage'],
    routeKeys: [
      'GET /v1/mappings/{detailType}',
      'PUT /v1/mappings/{detailType}',
      'DELETE /v1/mappings/{detailType}',
      'GET /v1/providers',
      'POST /v1/webhooks/{endpointId}/replay',
      'POST /v1/webhooks/{endpointId}/rotate',
    ],
  },
  {
    handler: 'operate',
    scopes: ['notify:admin'],
    routeKeys: ['GET /v1/admin/queues', 'POST /v1/admin/redrive'],
  },
  {
    handler: 'inbox',
    scopes: ['notify:manage', 'notify:self'],
    routeKeys: ['GET /v1/users/{id}/inbox', 'POST /v1/users/{id}/inbox/mark'],
  },
  {
    handler: 'inbox',
    scopes: ['notify:self'],
    routeKeys: ['POST /v1/ws-ticket'],
  },
]
