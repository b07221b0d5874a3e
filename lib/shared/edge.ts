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
  /** Paths that are asked with a token and never cached, as in `/v1/*`. */
  readonly apiPaths: readonly string[]
  /** Of them, those that anybody may ask and that count by the client's address: they get no token. */
  readonly clientPaths: readonly string[]
}

/**
 * What a visit is told apart by; AWS allows 10. `Host` can't be among them: the API knows itself by its own name only.
 * `Purpose` and `X-Moz`, by which older browsers announce a prefetch, have no place: `Sec-Purpose` is what current ones send.
 */
const VISITOR_HEADERS = [
  'accept',
  'accept-language',
  'content-type',
  'sec-ch-ua-mobile',
  'sec-ch-ua-platform',
  'sec-purpose',
  'traceparent',
  'user-agent',
  'CloudFront-Viewer-Address',
  'CloudFront-Viewer-Country',
]

/** A list can't have `Authorization`, and a policy with all headers of the viewer can't have CloudFront's: hence two. */
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

/** Those that CloudFront would keep for 10 seconds, whatever their Cache-Control says. */
const ERRORS_KEPT_BY_DEFAULT = [404, 414, 500, 501, 502, 503, 504]

/**
 * However long the API lets browsers keep an answer: what is changed, blocked or taken back must not go on here. A path
 * that everybody asks for still costs about a request a second for each location.
 */
const MAX_KEPT = Duration.seconds(1)

/**
 * A CloudFront distribution before an HTTP API: it keeps for a second what may be kept by its Cache-Control, and says by
 * a secret header that a request came through it, and so that its `CloudFront-Viewer-*` headers are true. Its URL is the
 * output `EdgeUrl`. The API can still be reached directly.
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
      // A token that was sent in the clear must not seem to work.
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
    }
    const forClients = { ...api, originRequestPolicy: this.forward('Clients', CLIENT_HEADERS) }
    const forApi = { ...api, originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER }
    const distribution = new Distribution(this, 'Distribution', {
      comment: `${Stack.of(this).stackName}: before its HTTP API`,
      httpVersion: HttpVersion.HTTP2_AND_3,
      defaultBehavior: {
        ...common,
        cachePolicy: this.cachePolicy(),
        originRequestPolicy: this.forward('Visitors', VISITOR_HEADERS),
      },
      // CloudFront takes the first that fits.
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

  /** Lets a function tell whether a request came through the edge: it finds the secret's ARN in `ORIGIN_SECRET`. */
  grantCheck({ function: fn, target }: ServiceFunction): void {
    fn.addEnvironment('ORIGIN_SECRET', this.secret.secretArn)
    this.secret.grantRead(target)
  }

  /**
   * CloudFormation reads it when it writes the distribution, and not again before something of the distribution changes:
   * naming a version is such a change.
   */
  private secretValue(versionId: string | undefined): SecretValue {
    return SecretValue.secretsManager(this.secret.secretArn, versionId ? { versionId } : {})
  }

  private cachePolicy(): CachePolicy {
    return new CachePolicy(this, 'ByOrigin', {
      cachePolicyName: `${Aws.STACK_NAME}-ByOrigin-${Aws.REGION}`,
      comment: 'Keeps what the origin lets clients keep, for a second.',
      // With a minimum of 0, `private` and `no-store` also keep visits at the same moment from sharing an answer.
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
      // These names are the account's, in all regions.
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
  // It would make the accepted encodings a part of the key; what is kept here has no body worth it.
  compress: false,
}

function acknowledge(distribution: Distribution, { webAclArn, domain }: EdgeSettings): void {
  const findings = [
    { id: 'AwsSolutions-CFR1', reason: 'Short links are followed from everywhere; a web ACL can block countries.' },
    {
      id: 'AwsSolutions-CFR3',
      reason: "CloudFront's logs have the visitors' addresses, which are stored nowhere; the API's log has the rest.",
    },
    !webAclArn && {
      id: 'AwsSolutions-CFR2',
      reason: 'A web ACL costs $5 a month and more by request: who needs one gives it by -c webAclArn.',
    },
    !domain && {
      id: 'AwsSolutions-CFR4',
      reason: 'With its own certificate CloudFront sets TLS 1.0 itself; -c certificateArn sets TLS 1.2.',
    },
  ]
  for (const finding of findings) if (finding) Validations.of(distribution).acknowledge(finding)
}
