import * as z from 'zod/mini'
import { linkView } from '../../../functions/url-shortener/manage/answer.ts'
import { linkBody } from '../../../functions/url-shortener/manage/answer-schema.ts'
import { aState } from '../a-link.ts'

test('the response of a link has exactly the documented fields', () => {
  const view = linkView(aState({ title: 'A title', tags: ['one'] }), { baseUrl: 'https://go.example', now: 0 })
  expect(z.parse(linkBody, view)).toEqual(view)
})
