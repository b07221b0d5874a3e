/** Routes that ask for no token: the contract names them, and everything else is closed. */
export const publicRoutes = [
  '$default',
  'GET /health',
  'GET /unsubscribe/{token}',
  'HEAD /health',
  'POST /unsubscribe/{token}',
]
