import * as z from 'zod/mini'
import { wantsHtml } from '../../shared/http/accept.ts'
import type { ApiOperation, NamedSchema } from '../../shared/http/api-description.ts'
import type { HttpRoute } from '../../shared/http/handler.ts'
import { withPages } from '../../shared/http/pages.ts'
import type { HttpRequest } from '../../shared/http/request.ts'
import { type HttpResponse, json } from '../../shared/http/response.ts'
import type { FindUnsubscription, Unsubscribe, Unsubscription } from '../domain/unsubscription.ts'
import { notFound } from '../problems.ts'
import { donePage, problemPage, questionPage } from './pages.ts'

export interface UnsubscribeRoutesOptions {
  findUnsubscription: FindUnsubscription
  unsubscribe: Unsubscribe
}

const TOKEN = /^[\w-]{43}$/

/**
 * The public routes by which the reader of a mail unsubscribes (RFC 8058): a mail program posts on its own, a person
 * sees a page first, since programs that check links open them, too.
 */
export function unsubscribeRoutes(options: UnsubscribeRoutesOptions): Record<string, HttpRoute> {
  const { findUnsubscription, unsubscribe } = options
  const requested = async ({ params: { token = '' }, signal }: HttpRequest): Promise<Unsubscription> => {
    const found = TOKEN.test(token) ? await findUnsubscription(token, signal) : undefined
    if (!found) throw notFound('This link to unsubscribe is unknown or too old: use that of a newer mail.')
    return found
  }
  return {
    'GET /unsubscribe/{token}': withPages(async (request): Promise<HttpResponse> => {
      return questionPage((await requested(request)).category)
    }, problemPage),

    // The body says no more than the path (RFC 8058, section 3.1), in one of two types: it is not read.
    'POST /unsubscribe/{token}': withPages(async (request) => {
      const unsubscription = await requested(request)
      await unsubscribe(unsubscription, request.signal)
      const { category } = unsubscription
      return wantsHtml(request.headers.accept) ? donePage(category) : json(200, { unsubscribed: category })
    }, problemPage),
  }
}

const unsubscribeAnswer = z.strictObject({ unsubscribed: z.string() })

export const unsubscribeSchemas: Record<string, NamedSchema> = {
  Unsubscribed: {
    schema: unsubscribeAnswer,
    description: 'An unsubscription.',
    fields: { unsubscribed: 'The category.' },
  },
}

const one = {
  tag: 'Unsubscribing',
  params: {
    token: {
      name: 'UnsubscribeToken',
      pattern: TOKEN.source,
      description: 'The token of a mail’s header `List-Unsubscribe`.',
      example: 'kW0nT4vZ3uXb2mQ9sYdE7fRgH1jLpC6aVxN8oIiUtMk',
    },
  },
  pages: true,
}
const unknown = { description: 'The token is unknown, or more than a year old.', codes: ['not-found'] }

export const unsubscribeOperations: readonly ApiOperation[] = [
  {
    ...one,
    routeKey: 'GET /unsubscribe/{token}',
    id: 'showUnsubscribe',
    summary: 'Show a page with a button to unsubscribe',
    description: 'It changes nothing.',
    responses: { 200: { description: 'The page.' }, 404: unknown },
  },
  {
    ...one,
    routeKey: 'POST /unsubscribe/{token}',
    id: 'unsubscribe',
    summary: 'Unsubscribe from a category’s mail',
    description:
      'One click (RFC 8058): mail programs post without asking the reader. The token can be used any number of times; the body is not read. The user’s preferences show the unsubscription, and can undo it.',
    responses: {
      200: {
        description: 'The mailbox gets no more mail of this category.',
        body: unsubscribeAnswer,
        example: { unsubscribed: 'news' },
      },
      404: unknown,
    },
  },
]
