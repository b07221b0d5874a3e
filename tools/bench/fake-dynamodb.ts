import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'

// Runs in a process of its own, so that its CPU is not counted: answers every call with the same JSON, but refuses those
// whose body has a certain text, if there is one, with the type of an error. It prints its port.

const [, , key = '', cert = '', answer = '{}', refusedText, refusal] = process.argv

const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const isRefused = refusedText !== undefined && Buffer.concat(chunks).includes(refusedText)
  const body = isRefused ? JSON.stringify({ __type: refusal }) : answer
  response.writeHead(isRefused ? 400 : 200, {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': 'BENCH',
  })
  response.end(body)
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
// Exits after 15 minutes if nobody stops it.
setTimeout(() => process.exit(), 900_000).unref()
process.on('disconnect', () => process.exit())
