import { RemovalPolicy } from 'aws-cdk-lib'
import type { Node } from 'constructs'
import { type SenderSettings, senderSettings } from './sender-settings.ts'
import type { SettingName } from './setting-names.ts'
import { list, oneOf, text, whole } from './setting-values.ts'

/** `dev` can be destroyed without a trace; `prod` retains, backs up and protects stored data. */
export type Stage = 'dev' | 'prod'

/** The issuer whose tokens the APIs accept. */
export interface TokenIssuer {
  /** The `iss` of the tokens; `<url>/.well-known/openid-configuration` must answer. */
  readonly url: string
  /** Accepted values of `aud`, or of Cognito's `client_id`. */
  readonly audience: string[]
}

/** Settings of the CloudFront distribution in front of an API. */
export interface EdgeSettings {
  /** A custom domain and its certificate; absent: CloudFront's name and certificate. */
  readonly domain?: { readonly name: string; readonly certificateArn: string }
  readonly webAclArn?: string
  /**
   * The version of the origin secret that the distribution sends; absent: the version that is current at its next
   * change.
   */
  readonly originSecretVersion?: string
}

/** The settings of `cdk -c name=value`, parsed once for all stacks. */
export interface Settings {
  readonly stage: Stage
  /** Absent: the app creates the stack `Identity`. */
  readonly issuer?: TokenIssuer
  /** `single`: tokens need no tenant, all data belongs to one. */
  readonly tenancy: 'multi' | 'single'
  /** The writes a second that the APIs accept from one tenant. */
  readonly tenantWritesPerSecond: number
  /** The time limit of a limiter's decision in milliseconds, after which the policy's `onError` decides. */
  readonly limitBudgetMs: number
  /** The frames a second with which one message of a room reaches its connections, at most. */
  readonly fanoutRps: number
  /** True to let webhooks go to `http` URLs and to the machine itself: for development alone. */
  readonly allowInsecureWebhooks: boolean
  readonly senders: SenderSettings
  /** The base of URLs for people, instead of the API's own URL; without a trailing slash. */
  readonly publicUrl?: string
  /** Origins whose pages may call the APIs. */
  readonly corsOrigins: string[]
  /** True for access logs of WebSocket APIs, which need a role that is set once for the account and region. */
  readonly socketAccessLog: boolean
  /** True to give the stack `Identity` a client for programs, with a secret: Cognito charges for its tokens. */
  readonly machineClient: boolean
  /** The tenant whose data that client works on; absent: its tokens name no tenant. */
  readonly machineTenant?: string
  /** Absent: clients call the API itself. */
  readonly edge?: EdgeSettings
}

/**
 * Reads the settings from the app's context.
 *
 * @throws Error that names the setting, its value and what is allowed.
 */
export function parseSettings(node: Node): Settings {
  const issuer = text(node, 'issuer')
  const audience = list(node, 'audience')
  if ((issuer === undefined) !== (audience.length === 0)) {
    throw new Error('-c issuer and -c audience go together: set both or neither.')
  }
  const stage = oneOf(node, 'stage', ['dev', 'prod'])
  const allowInsecureWebhooks = oneOf(node, 'allowInsecureWebhooks', ['false', 'true']) === 'true'
  if (allowInsecureWebhooks && stage !== 'dev') {
    throw new Error('-c allowInsecureWebhooks=true is for -c stage=dev alone.')
  }
  const publicUrl = text(node, 'publicUrl')
  const edge = edgeSettings(node, publicUrl)
  const machineClient = oneOf(node, 'machineClient', ['false', 'true']) === 'true'
  const machineTenant = text(node, 'machineTenant')
  if (machineTenant !== undefined && !machineClient) {
    throw new Error(`-c machineTenant=${machineTenant} needs -c machineClient=true.`)
  }
  return {
    stage,
    allowInsecureWebhooks,
    senders: senderSettings(node),
    tenancy: oneOf(node, 'tenancy', ['multi', 'single']),
    tenantWritesPerSecond: whole(node, 'tenantWritesPerSecond', { min: 1, max: MAX_WRITES, byDefault: 50 }),
    limitBudgetMs: whole(node, 'limitBudgetMs', { min: 10, max: 1000, byDefault: 50 }),
    fanoutRps: whole(node, 'fanoutRps', { min: 50, max: MAX_FANOUT, byDefault: 2000 }),
    corsOrigins: list(node, 'corsOrigins').map(origin),
    socketAccessLog: oneOf(node, 'socketAccessLog', ['false', 'true']) === 'true',
    machineClient,
    ...(machineTenant && { machineTenant: tenantName('machineTenant', machineTenant) }),
    ...(issuer && { issuer: { url: absoluteUrl('issuer', issuer), audience } }),
    ...(edge && { edge }),
    ...(publicUrl && { publicUrl: absoluteUrl('publicUrl', publicUrl).replace(/\/+$/, '') }),
  }
}

/**
 * The largest limit of a tenant's writes: they are counted in one item, and DynamoDB accepts 1,000 writes a second to
 * one.
 */
const MAX_WRITES = 1000

/** API Gateway accepts this many requests a second from an account in a region, for all of its APIs together. */
const MAX_FANOUT = 10_000

/** The removal policy of stored data. */
export function removalPolicy(stage: Stage): RemovalPolicy {
  return stage === 'prod' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY
}

function edgeSettings(node: Node, publicUrl = ''): EdgeSettings | undefined {
  const certificateArn = text(node, 'certificateArn')
  const webAclArn = text(node, 'webAclArn')
  const originSecretVersion = text(node, 'originSecretVersion')
  if (oneOf(node, 'edge', ['false', 'true']) === 'false') {
    const [name, value] = Object.entries({ certificateArn, webAclArn, originSecretVersion }).find((it) => it[1]) ?? []
    if (name) throw new Error(`-c ${name}=${value} needs -c edge=true: it configures the distribution.`)
    return undefined
  }
  return {
    ...(originSecretVersion && { originSecretVersion }),
    ...(webAclArn && { webAclArn: arnForCloudFront('webAclArn', webAclArn) }),
    ...(certificateArn && {
      domain: { name: ownDomain(publicUrl), certificateArn: arnForCloudFront('certificateArn', certificateArn) },
    }),
  }
}

/** Requires an ARN in us-east-1, the only region from which CloudFront takes either, wherever the stack is. */
const FOR_CLOUDFRONT = {
  webAclArn: /^arn:[\w-]+:wafv2:us-east-1:\d{12}:global\/webacl\/[\w-]+\/[\w-]+$/,
  certificateArn: /^arn:[\w-]+:acm:us-east-1:\d{12}:certificate\/[\w-]+$/,
}

function arnForCloudFront(name: keyof typeof FOR_CLOUDFRONT, value: string): string {
  if (FOR_CLOUDFRONT[name].test(value)) return value
  const meant = { webAclArn: 'a global web ACL of WAF v2', certificateArn: 'a certificate of ACM' }[name]
  throw new Error(`-c ${name}=${value} is not the ARN of ${meant} in us-east-1, from where CloudFront takes it.`)
}

function ownDomain(publicUrl: string): string {
  const { protocol, host, pathname } = new URL(publicUrl || 'none:')
  if (protocol === 'https:' && !host.includes(':') && /^\/*$/.test(pathname)) return host
  throw new Error('-c certificateArn needs -c publicUrl=https://<the name in the certificate>, without port and path.')
}

/**
 * Reads a URL as it is sent, in ASCII (`https://münchen.example` is `https://xn--mnchen-3ya.example`), because it goes
 * into headers. It ends with a slash only if the setting does, because a token's issuer is compared letter by letter.
 */
function absoluteUrl(name: SettingName, value: string): string {
  if (!/^https?:\/\/[^/]/i.test(value) || !URL.canParse(value)) {
    throw new Error(`-c ${name}=${value} is not an absolute URL, as in https://example.com.`)
  }
  const { href, username, password } = new URL(value)
  // An empty query or fragment stays in `href` alone, as its `?` or `#`.
  if (/[?#]/.test(href) || username || password) {
    throw new Error(`-c ${name}=${value} must have no query, fragment or credentials.`)
  }
  return value.endsWith('/') ? href : href.replace(/\/$/, '')
}

/** Reads origins as browsers send them: in ASCII, no path, no trailing slash. */
function origin(value: string): string {
  if (value === '*') return value
  const { href, origin } = URL.canParse(value) ? new URL(value) : { href: undefined, origin: undefined }
  // A slash stands for no path; anything longer is a mistake.
  if (href === `${origin}/`) return origin
  throw new Error(`-c corsOrigins: ${value} is not an origin, as in https://app.example.com.`)
}

/** The same pattern as in functions/shared/auth/principal.ts: the APIs accept no other tenant. */
function tenantName(name: SettingName, value: string): string {
  if (!/^[A-Za-z0-9._~:@-]{1,128}$/.test(value)) {
    throw new Error(`-c ${name}=${value} is not a tenant: use 1 to 128 letters, digits or ._~:@-.`)
  }
  return value
}
