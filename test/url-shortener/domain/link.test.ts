import * as z from 'zod/mini'
import { linkView } from '../../../functions/url-shortener/domain/link.ts'
import { linkBody } from '../../../functions/url-shortener/manage/answer-schema.ts'
import { aLink } from '../a-link.ts'

test('what is answered of a link is what the document says, no field more or less', () => {
  const view = linkView(
    { ...aLink({ title: 'A title', tags: ['one'] }), expiredUrl: null, rules: [], clicks: 0 },
    { baseUrl: 'https://go.example', now: 0 },
  )
  expect(z.parse(linkBody, view)).toEqual(view)
})
