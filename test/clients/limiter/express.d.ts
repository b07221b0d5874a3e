// Express comes without types: these are those that the recipe's test needs.

declare module 'express' {
  import type { RequestListener } from 'node:http'

  type Middleware = (
    request: object,
    response: { end: (body: string) => void },
    next: (error?: unknown) => void,
  ) => unknown

  interface App extends RequestListener {
    use: (middleware: Middleware) => void
    get: (path: string, middleware: Middleware) => void
  }

  export = createApp
  function createApp(): App
}
