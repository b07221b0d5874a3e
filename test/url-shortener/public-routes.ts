/** Routes that ask for no token: the contract names them, and everything else is closed. */
export const publicRoutes = [
  '$default',
  'GET /health',
  'GET /robots.txt',
  'GET /{code}',
  'HEAD /health',
  'HEAD /robots.txt',
  'HEAD /{code}',
  'POST /v1/reports',
  'POST /{code}/unlock',
]
