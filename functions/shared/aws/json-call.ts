import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { AppError } from '../errors.ts'
import { AwsError, mayPass } from './aws-error.ts'
import { type Credentials, createSigner } from './sign.ts'

/** A service that speaks AWS's JSON protocol, as DynamoDB, SQS, EventBridge and Secrets Manager do. */
export interface JsonService {
  /** Its name in signatures and hosts, as in `dynamodb`. */
  name: string
  /** What goes before an operation's name, as in `DynamoDB_20120810`. */
  target: string
  version: '1.0' | '1.1'
}

export interface JsonCallOptions {
  service: JsonService
  region: string
  /** Of the region's hosts, as in `amazonaws.com`: CloudFormation's `AWS::URLSuffix`. */
  urlSuffix: string
  /** Instead of the region's own, as in `http://127.0.0.1:4566`. */
  endpoint?: string | undefined
  credentials: Credentials
  /** Milliseconds since the epoch. */
  now: () => number
}

/**
 * Makes one call, once: policies around it decide about time and tries.
 *
 * @throws AwsError when the service refuses, AppError (retryable) when it fails, throttles or can't be reached.
 */
export type JsonCall = (operation: string, input: object, signal?: AbortSignal) => Promise<Record<string, unknown>>

/**
 * A client for a service that speaks AWS's JSON protocol, on Node's own HTTP: 3 KB where the SDK's client has 150, and
 * half its cold start (docs/decisions/0009). Connections are kept open.
 */
export function createJsonCall(options: JsonCallOptions): JsonCall {
  const { service, region, credentials, now } = options
  const url = endpointOf(options)
  const sign = createSigner({ service: service.name, region, credentials })
  const send = sender(url)

  return async (operation, input, signal) => {
    const body = JSON.stringify(input)
    const headers = sign(
      {
        headers: {
          host: url.host,
          'content-type': `application/x-amz-json-${service.version}`,
          'content-length': String(Buffer.byteLength(body)),
          'x-amz-target': `${service.target}.${operation}`,
        },
        body,
      },
      now(),
    )
    const { status, text } = await send(headers, body, signal)
    const fields = parse(text, status)
    if (status < 300) return fields
    const error = new AwsError(status, fields)
    throw mayPass(error) ? unavailable(`${service.name} answers ${error.code}`, error) : error
  }
}

export function endpointOf({ service, region, urlSuffix, endpoint }: JsonCallOptions): URL {
  return new URL(endpoint ?? `https://${service.name}.${region}.${urlSuffix}`)
}

type Send = (
  headers: Record<string, string>,
  body: string,
  signal?: AbortSignal,
) => Promise<{ status: number; text: string }>

function sender(url: URL): Send {
  const isTls = url.protocol === 'https:'
  const request = isTls ? httpsRequest : httpRequest
  const agent = isTls ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true })
  const target: RequestOptions = { hostname: url.hostname, port: url.port, path: '/', method: 'POST', agent }
  return (headers, body, signal) =>
    new Promise((resolve, reject) => {
      const fail = (error: unknown) =>
        reject(signal?.aborted ? signal.reason : unavailable(`${url.host} could not be reached`, error))
      const outgoing = request({ ...target, headers, ...(signal && { signal }) }, (incoming) => {
        readBody(incoming).then((text) => resolve({ status: incoming.statusCode ?? 0, text }), fail)
      })
      outgoing.on('error', fail)
      outgoing.end(body)
    })
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

function parse(text: string, status: number): Record<string, unknown> {
  try {
    return text === '' ? {} : JSON.parse(text)
  } catch {
    // A proxy's page, or an answer cut short. V8's own error quotes the text, which may be a secret's.
    throw unavailable(`An answer (HTTP ${status}) that is no JSON`, new SyntaxError(`${text.length} characters`))
  }
}

function unavailable(message: string, cause: unknown): AppError {
  return new AppError('dependency-failed', message, { cause, retryable: true })
}
