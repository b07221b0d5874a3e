import { readFileSync } from 'node:fs'
import type { Plugin } from 'esbuild'

/** A part of the AWS SDK that is bundled with every client, and that no function of ours uses. */
interface Stub {
  /** How the SDK imports it. */
  specifier: RegExp
  /** Only imports by these files. @default all */
  importer?: RegExp
  /** The module that stands for it; `path` is that of the part, where it is a file. */
  contents: (path: string) => string
}

const missing = (part: string) =>
  `() => { throw new Error(${JSON.stringify(`${part} is left out of the bundle: see lib/shared/sdk-stubs.ts.`)}) }`

/**
 * Left out, a cold start takes a third less (docs/decisions/0015). Whatever stands for a part fails loudly as soon as
 * it is used; sdk-stubs.test.ts calls every operation of the project through the bundle to see that none is.
 */
export const SDK_STUBS: Record<string, Stub> = {
  /** Looks for credentials in files, processes and other services: `clientConfig` gives those of the environment. */
  'credential-provider-node': {
    specifier: /^@aws-sdk\/credential-provider-node$/,
    contents: () => `export const defaultProvider = ${missing('The credential provider chain')}`,
  },
  /** Reads the names of browsers for the user agent, in a browser. */
  bowser: {
    specifier: /^bowser$/,
    contents: () => `export const parse = ${missing('The parser of browser names')}; export default { parse }`,
  },
  /** Operations that answer with a stream of events: no service that functions call has one. */
  'event-streams': {
    specifier: /^@smithy\/core\/event-streams$/,
    contents: () => `
      const missing = ${missing('Support for event streams')}
      export class EventStreamSerde { constructor() { missing() } }
      export const eventStreamSerdeProvider = missing`,
  },
  /** A cache of discovered endpoints: every client of ours has its one endpoint. */
  'endpoint-cache': {
    specifier: /^@aws-sdk\/endpoint-cache$/,
    contents: () => `
      const missing = ${missing('Endpoint discovery')}
      export class EndpointCache {
        getEndpoint() { missing() } get() { missing() } set() { missing() }
        has() { missing() } delete() { missing() } clear() { missing() }
      }`,
  },
  /** A client names its version in its requests, and has no use for the rest of its `package.json`. */
  'package.json': {
    specifier: /^\.\.?\/(\.\.\/)*package\.json$/,
    importer: /@aws-sdk[\\/]client-/,
    contents: (path) => {
      const { version } = JSON.parse(readFileSync(path, 'utf8'))
      return `export default { version: ${JSON.stringify(version)} }`
    },
  },
}

const NAMESPACE = 'sdk-stub'

/** A module in the text of its import. */
export function dataUrl(contents: string): string {
  return `data:text/javascript,${encodeURIComponent(contents.replace(/\s+/g, ' '))}`
}

/** Puts `SDK_STUBS` in place of what they stand for. */
export const sdkStubs: Plugin = {
  name: 'sdk-stubs',
  setup({ onResolve, onLoad, resolve }) {
    for (const [name, { specifier, importer = /./, contents }] of Object.entries(SDK_STUBS)) {
      onResolve({ filter: specifier, namespace: 'file' }, async ({ path, pluginData, ...args }) => {
        if (pluginData === NAMESPACE || !importer.test(args.importer)) return undefined
        // Where it is not installed any more, the build fails here.
        const found = await resolve(path, { ...args, pluginData: NAMESPACE })
        if (found.errors.length > 0) return { errors: found.errors }
        // Behind `import()` it would be a file of its own.
        if (args.kind === 'dynamic-import') return { path: dataUrl(contents(found.path)), external: true }
        return { path: name, namespace: NAMESPACE, sideEffects: false, pluginData: contents(found.path) }
      })
    }
    onLoad({ filter: /./, namespace: NAMESPACE }, ({ pluginData }) => ({ contents: pluginData as string }))
  },
}
