import { awsEnvironment, localCloud, localCloudOnPort } from '../../../tools/support/settings.ts'

test.each([undefined, ''])('the port is 4566 if STACKYARD_PORT is %p', (STACKYARD_PORT) => {
  expect(localCloud({ STACKYARD_PORT })).toMatchObject({ port: 4566, endpoint: 'http://127.0.0.1:4566', given: false })
})

test.each(['0', '65536', '0x10', '1e3', ' 4566', '-1', '45.0'])('STACKYARD_PORT=%s is not a port', (STACKYARD_PORT) => {
  expect(() => localCloud({ STACKYARD_PORT })).toThrow(`STACKYARD_PORT=${STACKYARD_PORT} is not a port`)
})

test.each([
  'https://dynamodb.eu-west-1.amazonaws.com',
  'https://dynamodb.eu-west-1.amazonaws.com./',
  'https://DynamoDB.eu-west-1.AmazonAWS.com..',
  'https://s3.cn-north-1.amazonaws.com.cn',
  'https://lambda.us-east-1.api.aws',
])('%s is AWS itself', (AWS_ENDPOINT_URL) => {
  expect(() => localCloud({ AWS_ENDPOINT_URL })).toThrow('AWS_ENDPOINT_URL names AWS itself')
})

test.each([
  'http://127.0.0.1:4567/',
  'https://localhost.localstack.cloud:4566',
  'http://notamazonaws.com',
])('%s is a valid endpoint', (AWS_ENDPOINT_URL) => {
  expect(localCloud({ AWS_ENDPOINT_URL })).toMatchObject({ endpoint: AWS_ENDPOINT_URL.replace(/\/$/, ''), given: true })
})

test('a command for the port alone ignores AWS_ENDPOINT_URL', () => {
  const env = { STACKYARD_PORT: '4570', AWS_ENDPOINT_URL: 'https://sqs.us-east-1.amazonaws.com' }
  expect(localCloudOnPort(env)).toMatchObject({ port: 4570, endpoint: 'http://127.0.0.1:4570', given: false })
})

test('tools inherit neither the user’s AWS settings nor proxies', () => {
  const before = { ...process.env }
  Object.assign(process.env, { AWS_PROFILE: 'mine', CDK_DEFAULT_ACCOUNT: '1', HTTP_PROXY: 'x', https_proxy: 'x' })
  Object.assign(process.env, { ALL_PROXY: 'x', no_proxy: 'x', MY_PROXY_HOST: 'kept' })
  const environment = awsEnvironment(localCloud({}))
  for (const name of ['AWS_PROFILE', 'CDK_DEFAULT_ACCOUNT', 'HTTP_PROXY', 'https_proxy', 'ALL_PROXY', 'no_proxy']) {
    expect(environment).not.toHaveProperty(name)
  }
  expect(environment).toMatchObject({ MY_PROXY_HOST: 'kept', AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' })
  process.env = before
})
