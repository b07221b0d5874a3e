import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'

// Runs in a process of its own, so that its CPU is not counted: answers every call with the same JSON. It prints its
// port.

const [, , key = '', cert = '', answer = '{}'] = process.argv

const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, async (request, response) => {
  for await (const _ of request);
  response.writeHead(200, {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': Buffer.byteLength(answer),
    'x-amzn-requestid': 'BENCH',
  })
  response.end(answer)
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
// Exits after 15 minutes if nobody stops it.
setTimeout(() => process.exit(), 900_000).unref()
process.on('disconnect', () => process.exit())
