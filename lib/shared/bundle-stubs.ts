import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import type { Plugin } from 'esbuild'

// What bundles leave out of the AWS SDK, and why that is safe. A cold start parses every byte: 1 KB costs about 0.05 ms.

/**
 * A static ESM import of `node:http` costs 30 ms of a cold start on Node 22 and 24, because Node then compiles what
 * ESM needs of all its exports; getting the built-in module at run time costs 3. All others together cost 5 more.
 */
export const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[a-z:_\d/]+$/ }, ({ path }) =>
      isBuiltin(path) ? { path: path.replace('node:', ''), namespace: 'lazy-builtins', sideEffects: false } : undefined,
    )
    onLoad({ filter: /./, namespace: 'lazy-builtins' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('node:${path}')`,
    }))
  },
}

/**
 * 130 KB. Lambda hands a role's credentials to a function in its environment. The SDK's provider chain looks there
 * first, and brings along all the other places.
 */
export const environmentCredentials = replacePackage(
  '@aws-sdk/credential-provider-node',
  `export const defaultProvider = () => async () => ({
    accessKeyId: process.env.AWS_ACCESS_KEY_ID,
    secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY,
    sessionToken: process.env.AWS_SESSION_TOKEN,
  })`,
)

/** 14 KB, most of it a cache. DynamoDB answers at its regional endpoint: our client switches discovery off. */
export const noEndpointDiscovery = replacePackage(
  '@aws-sdk/middleware-endpoint-discovery',
  `export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {
    environmentVariableSelector: () => false,
    configFileSelector: () => false,
    default: false,
  }
  export const resolveEndpointDiscoveryConfig = (config) => {
    if (config.endpointDiscoveryEnabled) throw new Error('Bundles hold no endpoint discovery: see bundle-stubs.ts')
    return config
  }`,
)

/** 13 KB. Only streaming operations load it, at run time (Bedrock, Kinesis fan-out, S3 Select): none of ours is one. */
export const noEventStreams = replacePackage(
  '@smithy/core/event-streams',
  `export const eventStreamSerdeProvider = () => undefined
  export class EventStreamSerde {
    constructor() {
      throw new Error('Bundles hold no event streams: see bundle-stubs.ts')
    }
  }`,
)

/** 2 KB a client: of its `package.json` the SDK reads the version, for its user agent. */
export const packageVersion: Plugin = {
  name: 'package-version',
  setup({ onLoad }) {
    onLoad({ filter: /@aws-sdk[/\\][^/\\]+[/\\]package\.json$/ }, ({ path }) => {
      const { version } = JSON.parse(readFileSync(path, 'utf8'))
      return { contents: JSON.stringify({ version }), loader: 'json' }
    })
  },
}

/** 2 KB, and 2 ms of `node:fs/promises`. A function has no `~/.aws`: what the environment doesn't say is the default. */
export const noConfigFiles: Plugin = {
  name: 'no-config-files',
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]shared-ini-file-loader[/\\]loadSharedConfigFiles\.js$/ }, () => ({
      contents: `export const CONFIG_PREFIX_SEPARATOR = '.'
      export const loadSharedConfigFiles = async () => ({ configFile: {}, credentialsFile: {} })`,
    }))
  },
}

/** Puts `contents` in the place of a package; a name that is imported and missing there fails the build. */
function replacePackage(name: string, contents: string): Plugin {
  return {
    name: `replace:${name}`,
    setup({ onResolve, onLoad }) {
      onResolve({ filter: new RegExp(`^${name}$`) }, ({ path }) => ({ path, namespace: name }))
      onLoad({ filter: /./, namespace: name }, () => ({ contents }))
    },
  }
}
