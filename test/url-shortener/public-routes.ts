/** The routes that require no token, as the contract names them. All others require one. */
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
