import { readFileSync } from 'node:fs'
import type { Plugin } from 'esbuild'

/** A part of the AWS SDK that is bundled with every client, and that no function of ours uses. */
interface Stub {
  /** The specifier by which the SDK imports it. */
  specifier: RegExp
  /** The files whose imports are replaced. @default all files */
  importer?: RegExp
  /** The source of the replacement; `path` is that of the part, if it is a file. */
  contents: (path: string) => string
}

const missing = (part: string) =>
  `() => { throw new Error(${JSON.stringify(`${part} is left out of the bundle: see lib/shared/sdk-stubs.ts.`)}) }`

/**
 * Stubs for unused parts, which make a cold start a third shorter (docs/decisions/0015). A stub throws as soon as it is
 * used; sdk-stubs.test.ts calls every operation of the project through the bundle to prove that none is.
 */
export const SDK_STUBS: Record<string, Stub> = {
  /** Searches files, processes and other services for credentials: `clientConfig` passes those of the environment. */
  'credential-provider-node': {
    specifier: /^@aws-sdk\/credential-provider-node$/,
    contents: () => `export const defaultProvider = ${missing('The credential provider chain')}`,
  },
  /** Parses browser names for the user agent, in a browser. */
  bowser: {
    specifier: /^bowser$/,
    contents: () => `export const parse = ${missing('The parser of browser names')}; export default { parse }`,
  },
  /** Decodes answers that are event streams: no operation that functions call has one. */
  'event-streams': {
    specifier: /^@smithy\/core\/event-streams$/,
    contents: () => `
      const missing = ${missing('Support for event streams')}
      export class EventStreamSerde { constructor() { missing() } }
      export const resolveEventStreamSerdeConfig = (config) => config
      export const eventStreamSerdeProvider = missing`,
  },
  /** Caches discovered endpoints: every client of ours has one fixed endpoint. */
  'endpoint-cache': {
    specifier: /^@aws-sdk\/endpoint-cache$/,
    contents: () => `
      const missing = ${missing('Endpoint discovery')}
      export class EndpointCache {
        getEndpoint() { missing() } get() { missing() } set() { missing() }
        has() { missing() } delete() { missing() } clear() { missing() }
      }`,
  },
  /** The client's `package.json`: requests carry its version, and nothing else of it is used. */
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

/** Encodes a module in the specifier of its import. */
export function dataUrl(contents: string): string {
  return `data:text/javascript,${encodeURIComponent(contents.replace(/\s+/g, ' '))}`
}

/** The file of a client that describes what all of its operations send and receive. */
const SCHEMAS = /[\\/]@aws-sdk[\\/]client-[\w-]+[\\/]dist-es[\\/]schemas[\\/]schemas_0\.js$/

/**
 * Writes `{ [_hH]: … }` as `{ httpHeader: … }`, where `_hH` is a constant of the file. esbuild keeps an object with a
 * computed key, since the key may have a side effect, and with it the schemas of all operations: 55 KB in S3's client.
 */
export function withPlainKeys(source: string): string {
  const constants = new Map(
    [...source.matchAll(/^const (_\w+) = ("[^"\n]*");$/gm)].map(([, name, text]) => [name, text]),
  )
  return source.replace(/\[(_\w+)\]:/g, (computed, name) =>
    constants.has(name) ? `${constants.get(name)}:` : computed,
  )
}

/** Replaces the parts of the SDK by their `SDK_STUBS`, and lets esbuild leave out the schemas that nothing uses. */
export const sdkStubs: Plugin = {
  name: 'sdk-stubs',
  setup({ onResolve, onLoad, resolve }) {
    for (const [name, { specifier, importer = /./, contents }] of Object.entries(SDK_STUBS)) {
      onResolve({ filter: specifier, namespace: 'file' }, async ({ path, pluginData, ...args }) => {
        if (pluginData === NAMESPACE || !importer.test(args.importer)) return undefined
        // If the part is no longer installed, the build fails here.
        const found = await resolve(path, { ...args, pluginData: NAMESPACE })
        if (found.errors.length > 0) return { errors: found.errors }
        // A part behind `import()` would become a file of its own.
        if (args.kind === 'dynamic-import') return { path: dataUrl(contents(found.path)), external: true }
        return { path: name, namespace: NAMESPACE, sideEffects: false, pluginData: contents(found.path) }
      })
    }
    onLoad({ filter: /./, namespace: NAMESPACE }, ({ pluginData }) => ({ contents: pluginData as string }))
    onLoad({ filter: SCHEMAS }, ({ path }) => ({ contents: withPlainKeys(readFileSync(path, 'utf8')) }))
  },
}
