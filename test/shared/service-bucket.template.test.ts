import { Duration } from 'aws-cdk-lib'
import { ServiceBucket, type ServiceBucketProps } from '../../lib/shared/service-bucket.ts'
import type { Stage } from '../../lib/shared/settings.ts'
import { one, stackOfConstructs } from '../support/constructs.ts'
import { objectsIn, STAGES, textOf } from '../support/templates.ts'

function serviceBucket(stage: Stage, props: Partial<ServiceBucketProps> = {}) {
  const { resources } = stackOfConstructs(stage, ({ stack, fn }) => {
    const bucket = new ServiceBucket(stack, 'Files', { stage, corsOrigins: [], ...props })
    bucket.grant(fn('Reader'), 'exports/', 'read')
    bucket.grant(fn('Eraser'), '', 'delete')
  })
  const grantsOf = (fn: string) =>
    objectsIn(one(resources, 'AWS::IAM::Policy', fn).properties)
      .filter(({ Action }) => String(Action).startsWith('s3:'))
      .map(({ Action, Resource }) => `${Action} ${textOf(Resource).replace(/<Files\w+\.Arn>/, 'files')}`)
  return { resources, grantsOf, bucket: one(resources, 'AWS::S3::Bucket') }
}

describe.each(STAGES)('in %s', (stage) => {
  const { resources, bucket, grantsOf } = serviceBucket(stage)

  test('nobody can make an object public', () => {
    expect(bucket.properties.PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    })
    expect(bucket.properties.OwnershipControls).toEqual({ Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] })
  })

  test('objects are encrypted, and requests without TLS are refused', () => {
    expect(objectsIn(bucket.properties.BucketEncryption)).toContainEqual({ SSEAlgorithm: 'AES256' })
    expect(objectsIn(one(resources, 'AWS::S3::BucketPolicy').properties)).toContainEqual(
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    )
  })

  test('what is deleted is gone: there are no versions', () => {
    expect(bucket.properties.VersioningConfiguration).toBeUndefined()
  })

  test('it outlives its stack in prod, and is deleted with it in dev', () => {
    const policy = stage === 'prod' ? 'Retain' : 'Delete'
    expect(bucket.policies).toEqual({ deletion: policy, replacement: policy })
  })

  test('a function reaches the keys that it was given, and one that reads learns what is missing', () => {
    expect(grantsOf('Reader')).toEqual(['s3:GetObject files/exports/*', 's3:ListBucket files'])
    expect(grantsOf('Eraser')).toEqual(['s3:DeleteObject files/*'])
  })
})

test('objects expire by the beginning of their keys, and abandoned uploads always', () => {
  const { bucket } = serviceBucket('dev', { expirations: { 'exports/': Duration.days(7) } })
  expect(bucket.properties.LifecycleConfiguration).toEqual({
    Rules: [
      { Id: 'abandoned-uploads', Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
      { Prefix: 'exports/', Status: 'Enabled', ExpirationInDays: 7 },
    ],
  })
})

test('pages of the given origins may upload and download, and without an origin none may', () => {
  expect(serviceBucket('dev').bucket.properties.CorsConfiguration).toBeUndefined()
  const { bucket } = serviceBucket('dev', { corsOrigins: ['https://app.example'] })
  expect(bucket.properties.CorsConfiguration).toMatchObject({
    CorsRules: [
      { AllowedOrigins: ['https://app.example'], AllowedMethods: ['POST', 'PUT'] },
      // After a redirect from the API the origin is `null`.
      { AllowedOrigins: ['*'], AllowedMethods: ['GET', 'HEAD'] },
    ],
  })
})
