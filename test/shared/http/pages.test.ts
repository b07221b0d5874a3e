import { AppError } from '../../../functions/shared/errors.ts'
import type { HttpRoute } from '../../../functions/shared/http/handler.ts'
import { htmlResponse } from '../../../functions/shared/http/html.ts'
import { type ShownProblem, withPages } from '../../../functions/shared/http/pages.ts'
import { HttpProblem, json, problemResponse } from '../../../functions/shared/http/response.ts'
import { httpEvent, requestOf } from '../../support/events.ts'

const NOT_FOUND = { status: 404, code: 'not-found', detail: 'Not here.', headers: { 'x-more': 'yes' } } as const
const told: ShownProblem[] = []
const answered = (route: HttpRoute, accept: string) =>
  withPages(route, (problem) => {
    told.push(problem)
    return htmlResponse({ status: 200, html: `<p>${problem.detail}`, style: '' })
  })(requestOf(httpEvent({ routeKey: 'GET /thing', headers: { accept } })))

const failing = (error: unknown): HttpRoute => {
  return async () => {
    throw error
  }
}

test.each<[string, HttpRoute]>([
  ['throws', failing(new HttpProblem(NOT_FOUND))],
  ['answers', async () => problemResponse(NOT_FOUND, 'request-1')],
])('a problem that a route %s is a page for a browser, with its status and its fields', async (_, route) => {
  const page = await answered(route, 'text/html')
  expect(page).toMatchObject({ status: 404, body: '<p>Not here.', headers: { 'x-more': 'yes' } })
  expect(page.headers?.['content-type']).toBe('text/html; charset=utf-8')
  expect(told.at(-1)).toMatchObject({
    status: 404,
    code: 'not-found',
    detail: 'Not here.',
    headers: { 'x-more': 'yes' },
  })
  const problem = await answered(route, 'application/json, text/html;q=0.5')
  expect(problem).toMatchObject({ status: 404, body: { code: 'not-found' } })
})

test('the page of a failure reveals nothing about it', async () => {
  expect(await answered(failing(new Error('secret')), 'text/html')).toMatchObject({
    status: 500,
    body: '<p>Something went wrong on our side.',
  })
  const down = new AppError('dependency-failed', 'secret', { retryable: true })
  expect(await answered(failing(down), 'text/html')).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
})

test('a success is unchanged for every client', async () => {
  const answer = json(200, {})
  expect(await answered(async () => answer, 'text/html')).toBe(answer)
})
