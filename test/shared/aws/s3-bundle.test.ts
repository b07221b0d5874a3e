import { bundle, lambdaEnvironment, run } from '../../support/bundled-programs.ts'
import { commandsOfClients } from '../../support/commands-in.ts'
import { type Answer, startServer } from '../../support/misbehaving-server.ts'
import type { S3Operation } from '../../support/s3-operations.ts'

const found: Answer = (response) => {
  response.setHeader('etag', '"a"')
  // The end of an upload in parts is the one answer whose body the SDK requires.
  response.end(response.req.method === 'POST' ? '<CompleteMultipartUploadResult/>' : undefined)
}

test('no call to S3, and no signature, needs what the stubs of the SDK leave out, nor any file of settings', async () => {
  await bundle('s3', { file: 'test/support/s3-operations.ts' })
  const server = await startServer(found)
  try {
    const answered: Record<S3Operation, string> = {
      HeadObject: 'answered',
      GetObject: 'answered',
      PutObject: 'answered',
      DeleteObject: 'answered',
      CreateMultipartUpload: 'answered',
      UploadPart: 'answered',
      CompleteMultipartUpload: 'answered',
      uploadUrl: 'answered',
      uploadForm: 'answered',
      downloadUrl: 'answered',
    }
    expect(Object.keys(answered)).toEqual(
      expect.arrayContaining(commandsOfClients('bucket', 'multipart-upload', 'signed-urls')),
    )
    expect(JSON.parse(await run('s3', lambdaEnvironment(server.url)))).toEqual(answered)
    expect(server.requests.map(({ method, url }) => `${method} ${url?.replace(/\?.*/, '')}`)).toEqual(
      ['HEAD', 'GET', 'PUT', 'DELETE', 'POST', 'PUT', 'POST'].map((method) => `${method} /a-bucket/a/key`),
    )
  } finally {
    server.close()
  }
})
