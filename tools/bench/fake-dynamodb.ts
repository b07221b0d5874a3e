import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'

// A process of its own, so that its CPU is not counted: answers every call with the same link, and prints its port.

const [, , key = '', cert = ''] = process.argv

const ANSWER = JSON.stringify({
  Item: {
    pk: { S: 'L#abc1234' },
    sk: { S: 'link' },
    code: { S: 'abc1234' },
    url: { S: 'https://example.com/a/page?with=a&query=1' },
    tenant: { S: 'tenant' },
    createdBy: { S: 'user' },
    createdAt: { S: '2026-01-01T00:00:00.000Z' },
    updatedAt: { S: '2026-01-01T00:00:00.000Z' },
    version: { S: 'aaaaaaaaaaaa' },
  },
})

const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
  request.resume().on('end', () => {
    response.writeHead(200, {
      'content-type': 'application/x-amz-json-1.0',
      'content-length': Buffer.byteLength(ANSWER),
      'x-amzn-requestid': 'BENCH',
    })
    response.end(ANSWER)
  })
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
// Whoever forgets to stop it: 15 minutes.
setTimeout(() => process.exit(), 900_000).unref()
process.on('disconnect', () => process.exit())
