import { ChatProblem, ChatUnavailable } from '../../../clients/chat/src/errors.ts'
import { uploadFile } from '../../../clients/chat/src/files.ts'
import type { HttpCall } from '../../../clients/chat/src/http.ts'

const FORM = { url: 'https://files.example/', fields: { key: 'k', Policy: 'p' } }

/** Uploads a file where the chat gives a form, and the storage answers so. */
async function upload(file: Blob, storage: () => Promise<Response>, signal?: AbortSignal) {
  const calls: HttpCall[] = []
  const posted: { url: string; fields: [string, unknown][] }[] = []
  const chat = {
    async call(call: HttpCall) {
      calls.push(call)
      return { attachmentId: 'tea.1', upload: FORM }
    },
  }
  const fetch = (async (url, init) => {
    const { body } = init ?? {}
    posted.push({ url: String(url), fields: body instanceof FormData ? [...body.entries()] : [] })
    return storage()
  }) as typeof globalThis.fetch
  const outcome = await uploadFile({ chat, room: 'tea', file, fetch, ...(signal && { signal }) }).catch(
    (error) => error,
  )
  return { outcome, calls, posted }
}
const stored = async () => new Response(null, { status: 204 })

test('the file is announced, and then posted after the fields of the form', async () => {
  const file = new File(['hello'], 'a.txt', { type: 'text/plain; charset=utf-8' })
  const { outcome, calls, posted } = await upload(file, stored)
  const announced = { name: 'a.txt', type: 'text/plain', size: 5 }
  expect(outcome).toEqual({ id: 'tea.1', ...announced })
  expect(calls).toMatchObject([{ method: 'POST', path: '/v1/rooms/tea/uploads', body: announced }])
  expect(posted[0]?.url).toBe(FORM.url)
  expect(posted[0]?.fields.map(([name]) => name)).toEqual(['key', 'Policy', 'file'])
})

test('a file without a name or a type has those of any file', async () => {
  const { outcome } = await upload(new Blob(['hello']), stored)
  expect(outcome).toMatchObject({ name: 'file', type: 'application/octet-stream' })
})

test('a refusal of the storage is a problem, and anything else can be tried again', async () => {
  const file = new Blob(['hello'])
  const refused = await upload(file, async () => new Response('<Error/>', { status: 403 }))
  expect(refused.outcome).toBeInstanceOf(ChatProblem)
  expect(refused.outcome).toMatchObject({ code: 'upload-refused', httpStatus: 403 })
  const failed = await upload(file, async () => new Response('', { status: 503 }))
  expect(failed.outcome).toMatchObject({ name: 'ChatUnavailable', reason: 'bad-status' })
  const unreachable = await upload(file, () => Promise.reject(new TypeError('fetch failed')))
  expect(unreachable.outcome).toBeInstanceOf(ChatUnavailable)
  expect(unreachable.outcome).toMatchObject({ reason: 'unreachable' })
})

test('an upload that its caller ends fails with the caller’s reason', async () => {
  const controller = new AbortController()
  const { outcome } = await upload(
    new Blob(['hello']),
    () => {
      controller.abort(new Error('Never mind'))
      return Promise.reject(controller.signal.reason)
    },
    controller.signal,
  )
  expect(outcome).toMatchObject({ message: 'Never mind' })
})
