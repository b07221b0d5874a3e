import { Aws, CfnOutput, Duration, Fn, SecretValue, Stack, Validations } from 'aws-cdk-lib'
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager'
import {
  AllowedMethods,
  type BehaviorOptions,
  CacheCookieBehavior,
  CacheHeaderBehavior,
  CachePolicy,
  CacheQueryStringBehavior,
  Distribution,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestCookieBehavior,
  OriginRequestHeaderBehavior,
  OriginRequestPolicy,
  OriginRequestQueryStringBehavior,
  OriginSslPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront'
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins'
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import { Construct } from 'constructs'
import type { HttpService } from './http-service.ts'
import type { ServiceFunction } from './service-function.ts'
import { ServiceSecret } from './service-secret.ts'
import type { EdgeSettings, Stage } from './settings.ts'

export interface EdgeProps {
  readonly stage: Stage
  readonly settings: EdgeSettings
  readonly http: HttpService
  /** Paths that clients request with a token and that are never cached, as in `/v1/*`. */
  readonly apiPaths: readonly string[]
  /** A subset of `apiPaths`: public paths with a limit for each client address. CloudFront drops the token on them. */
  readonly clientPaths: readonly string[]
}

/**
 * The cache key of a visit; by default AWS allows 10 headers in a policy. `Host` can't be one of them: the API only knows its own name.
 * `Purpose`, `X-Purpose` and `X-Moz`, by which older browsers announce a prefetch, are left out: current browsers send
 * `Sec-Purpose`. So is `Sec-CH-UA-Mobile`: the User-Agent of a phone says the same, and `Referer` takes its place, from
 * which statistics know where visitors came from.
 */
const VISITOR_HEADERS = [
  'accept',
  'accept-language',
  'content-type',
  'referer',
  'sec-ch-ua-platform',
  'sec-purpose',
  'traceparent',
  'user-agent',
  'CloudFront-Viewer-Address',
  'CloudFront-Viewer-Country',
]

/**
 * Two policies, because a list of headers can't contain `Authorization`, and the policy with all viewer headers can't
 * contain CloudFront's own.
 */
const CLIENT_HEADERS = [
  'accept',
  'access-control-request-headers',
  'access-control-request-method',
  'content-type',
  'idempotency-key',
  'origin',
  'traceparent',
  'user-agent',
  'CloudFront-Viewer-Address',
]

/** Error statuses that CloudFront would otherwise cache for 10 seconds, whatever their Cache-Control says. */
const ERRORS_KEPT_BY_DEFAULT = [404, 414, 500, 501, 502, 503, 504]

/**
 * The longest that the edge caches an answer, however long the API lets browsers cache it: an answer must not outlive a
 * change, a block or a deletion here. A popular path still costs about one request a second for each location.
 */
const MAX_KEPT = Duration.seconds(1)

/**
 * A CloudFront distribution in front of an HTTP API: it caches cacheable answers for a second, and proves with a secret
 * header that a request passed through it, so that the `CloudFront-Viewer-*` headers can be trusted. Its URL is the
 * output `EdgeUrl`. The API can still be called directly.
 */
export class Edge extends Construct {
  /** Without a trailing slash. */
  readonly url: string
  private readonly secret: Secret

  constructor(scope: Construct, id: string, props: EdgeProps) {
    super(scope, id)
    const { http, settings } = props
    const { domain, webAclArn } = settings
    this.secret = new ServiceSecret(this, 'OriginSecret', { stage: props.stage }).secret
    const origin = new HttpOrigin(Fn.select(2, Fn.split('/', http.url)), {
      protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
      originSslProtocols: [OriginSslPolicy.TLS_V1_2],
      customHeaders: { 'x-origin-secret': this.secretValue(settings.originSecretVersion).unsafeUnwrap() },
    })
    const common = { origin, ...COMMON }
    const api = {
      ...common,
      cachePolicy: CachePolicy.CACHING_DISABLED,
      // A token that was sent in plain text must not appear to work.
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
    }
    const forClients = { ...api, originRequestPolicy: this.forward('Clients', CLIENT_HEADERS) }
    const forApi = { ...api, originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER }
    const distribution = new Distribution(this, 'Distribution', {
      comment: `${Stack.of(this).stackName}: in front of its HTTP API`,
      httpVersion: HttpVersion.HTTP2_AND_3,
      defaultBehavior: {
        ...common,
        cachePolicy: this.cachePolicy(),
        originRequestPolicy: this.forward('Visitors', VISITOR_HEADERS),
      },
      // CloudFront uses the first behavior that matches.
      additionalBehaviors: Object.fromEntries<BehaviorOptions>([
        ...props.clientPaths.map((path) => [path, forClients] as const),
        ...props.apiPaths.map((path) => [path, forApi] as const),
      ]),
      errorResponses: ERRORS_KEPT_BY_DEFAULT.map((httpStatus) => ({ httpStatus, ttl: Duration.seconds(0) })),
      ...(webAclArn && { webAclId: webAclArn }),
      ...(domain && {
        domainNames: [domain.name],
        certificate: Certificate.fromCertificateArn(this, 'Certificate', domain.certificateArn),
        minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
      }),
    })
    acknowledge(distribution, settings)
    this.url = `https://${distribution.distributionDomainName}`
    new CfnOutput(Stack.of(this), 'EdgeUrl', { value: this.url })
  }

  /** Lets a function verify that a request came through the edge: it finds the secret's ARN in `ORIGIN_SECRET`. */
  grantCheck({ function: fn, target }: ServiceFunction): void {
    fn.addEnvironment('ORIGIN_SECRET', this.secret.secretArn)
    this.secret.grantRead(target)
  }

  /**
   * Refers to the secret by its version: CloudFormation resolves the reference only when the distribution itself
   * changes, and a new version is such a change.
   */
  private secretValue(versionId: string | undefined): SecretValue {
    return SecretValue.secretsManager(this.secret.secretArn, versionId ? { versionId } : {})
  }

  private cachePolicy(): CachePolicy {
    return new CachePolicy(this, 'ByOrigin', {
      cachePolicyName: `${Aws.STACK_NAME}-ByOrigin-${Aws.REGION}`,
      comment: 'Caches cacheable answers of the origin for a second.',
      // With a minimum of 0, `private` and `no-store` also prevent concurrent visits from sharing an answer.
      minTtl: Duration.seconds(0),
      defaultTtl: Duration.seconds(0),
      maxTtl: MAX_KEPT,
      queryStringBehavior: CacheQueryStringBehavior.all(),
      headerBehavior: CacheHeaderBehavior.none(),
      cookieBehavior: CacheCookieBehavior.none(),
    })
  }

  private forward(id: string, headers: readonly string[]): OriginRequestPolicy {
    return new OriginRequestPolicy(this, id, {
      // Policy names are unique in the account, over all regions.
      originRequestPolicyName: `${Aws.STACK_NAME}-${id}-${Aws.REGION}`,
      headerBehavior: OriginRequestHeaderBehavior.allowList(...headers),
      cookieBehavior: OriginRequestCookieBehavior.all(),
      queryStringBehavior: OriginRequestQueryStringBehavior.all(),
    })
  }
}

const COMMON = {
  viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
  allowedMethods: AllowedMethods.ALLOW_ALL,
  // It would add the accepted encodings to the cache key; the cached answers have no body worth compressing.
  compress: false,
}

function acknowledge(distribution: Distribution, { webAclArn, domain }: EdgeSettings): void {
  const findings = [
    { id: 'AwsSolutions-CFR1', reason: 'Short links are followed from everywhere; a web ACL can block countries.' },
    {
      id: 'AwsSolutions-CFR3',
      reason: "CloudFront's logs would store visitors' addresses, which nothing else does; the API's log has the rest.",
    },
    !webAclArn && {
      id: 'AwsSolutions-CFR2',
      reason: 'A web ACL costs $5 a month and more for each request: set one with -c webAclArn.',
    },
    !domain && {
      id: 'AwsSolutions-CFR4',
      reason: "CloudFront's default certificate forces TLS 1.0; -c certificateArn sets TLS 1.2.",
    },
  ]
  for (const finding of findings) if (finding) Validations.of(distribution).acknowledge(finding)
}
