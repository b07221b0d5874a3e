import { S3Client, type S3ClientResolvedConfig } from '@aws-sdk/client-s3'
import { clientConfig } from './client-config.ts'
import { type ClientOptions, createSend, type Send } from './create-send.ts'

/** Sends commands of `@aws-sdk/client-s3` under our policies: see `createSend`. */
export interface S3 {
  send: Send<S3ClientResolvedConfig>
  /** The client itself, which signs URLs without a request: see `createSigner` in `signed-urls.ts`. */
  client: S3Client
}

/** S3 responds in 30 ms, and takes longer for an object of some megabytes that is written in one request. */
const TRY_MS = 3000

/**
 * Creates the client for the function's own region, account and role. One serves all buckets of a function.
 *
 * The timeout of an attempt ends with the response's headers: a body that is read as a stream needs the caller's own.
 */
export function createS3(options: ClientOptions): S3 {
  const config = clientConfig({ host: 's3', variable: 'S3' })
  const client = new S3Client({
    ...config,
    // On AWS a bucket has a host name of its own; at another endpoint, such as a local cloud, that would not resolve.
    forcePathStyle: !new URL(config.endpoint).host.startsWith(`s3.${config.region}.`),
    useArnRegion: false,
    disableS3ExpressSessionAuth: true,
    // The checksum of an empty body would otherwise become part of a signed URL for an upload, and TLS protects the rest.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    sigv4aSigningRegionSet: async () => undefined,
  })
  return { client, send: createSend(client, { service: 's3', tryMs: TRY_MS, ...options }) }
}
