/** Routes that ask for no token: the contract names them, and everything else is closed. */
export const publicRoutes = [
  '$default',
  'GET /health',
  'GET /{code}',
  'HEAD /health',
  'HEAD /{code}',
  'POST /v1/reports',
  'POST /{code}/unlock',
]
