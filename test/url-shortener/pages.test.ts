import { createHash } from 'node:crypto'
import {
  htmlResponse,
  messagePage,
  passwordPage,
  previewPage,
  problemPage,
  withheldPage,
} from '../../functions/url-shortener/pages.ts'

const MARKUP = `<b a="1" c='2'>&amp;</b>`
const ESCAPED = '&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;&lt;/b&gt;'
const PREVIEW = {
  shortUrl: 'https://s.example.com/abc',
  targets: ['https://example.com/?a=1&b=2'],
  title: 'Plans',
  createdAt: '2026-11-21T10:00:00.000Z',
  forwardQuery: false,
}
const SEVERAL = { ...PREVIEW, targets: [...PREVIEW.targets, 'https://example.com/ios', 'https://example.com/de'] }
const PAGES = {
  message: messagePage({ title: 'Gone', message: 'Ask for a new one.' }),
  leading: messagePage({
    title: 'Elsewhere',
    message: 'Open the link.',
    go: { href: 'https://s.example.com/abc', text: 'Open it' },
  }),
  password: passwordPage({ action: 'abc/unlock' }),
  wrong: passwordPage({ action: 'unlock', error: 'This password is wrong.' }),
  preview: previewPage(PREVIEW),
  several: previewPage(SEVERAL),
  withheld: withheldPage(),
}

test.each(Object.entries(PAGES))('the page "%s" loads nothing, runs no script and is not indexed', (_, html) => {
  expect(html).toMatch(/^<!doctype html>\n<html lang="en">/)
  expect(html).toContain('<meta name="robots" content="noindex">')
  expect(html).toContain('<link rel="icon" href="data:,">')
  expect(html).not.toMatch(/<script|\bsrc=|\bstyle=|\son\w+=|@import|url\(/)
})

test.each(
  Object.entries(PAGES),
)('the content security policy of the page "%s" has the hash of its style', (_, html) => {
  const style = /<style>([^<]*)<\/style>/.exec(html)?.[1] ?? ''
  const { status, headers, body } = htmlResponse(404, html)
  const hash = createHash('sha256').update(style).digest('base64')
  expect([status, body]).toEqual([404, html])
  expect(headers?.['content-security-policy']).toContain(`style-src 'sha256-${hash}'`)
  expect(headers?.['content-type']).toBe('text/html; charset=utf-8')
})

test('only the page with a form may submit one', () => {
  const forbids = Object.entries(PAGES).filter(([, html]) => html.includes("form-action 'none'"))
  expect(forbids.map(([name]) => name)).toEqual(['message', 'leading', 'preview', 'several', 'withheld'])
})

test('a message is a page with its title, as a heading too, and its text', () => {
  const html = messagePage({ title: MARKUP, message: MARKUP })
  expect(html).toContain(`<title>${ESCAPED}</title>`)
  expect(html).toContain(`<h1>${ESCAPED}</h1>`)
  expect(html).toContain(`<p>${ESCAPED}</p>`)
  expect(html).not.toContain('<b ')
})

test('the form is sent to its action, and shows the error of the last attempt', () => {
  expect(PAGES.password).toContain('<form method="post" action="abc/unlock">')
  expect(PAGES.password).toMatch(
    /<input [^>]*name="password" type="password" autocomplete="current-password"[^>]*autofocus/,
  )
  expect(PAGES.password).not.toMatch(/role="alert"| aria-invalid=/)
  expect(PAGES.wrong).toContain(
    '<form method="post" action="unlock"><p id="error" role="alert">This password is wrong.</p>',
  )
  expect(PAGES.wrong).toContain('aria-invalid="true" aria-describedby="error"')
  const escaped = passwordPage({ action: MARKUP, error: MARKUP })
  expect(escaped).toContain(`action="${ESCAPED}"`)
  expect(escaped).toContain(`role="alert">${ESCAPED}</p>`)
})

test('the preview shows the target as text, and as a link without a referrer', () => {
  const url = 'https://example.com/?a=1&amp;b=2'
  expect(PAGES.preview).toContain(`<dt>Address</dt><dd dir="auto">${url}</dd>`)
  expect(PAGES.preview).toContain(`rel="noreferrer noopener nofollow" href="${url}"`)
  expect(PAGES.preview).toContain('<dt>Title</dt><dd dir="auto">Plans</dd>')
  expect(PAGES.preview).toContain('<dt>Short link</dt><dd dir="auto">https://s.example.com/abc</dd>')
  expect(PAGES.preview).toContain('<dt>Created</dt><dd dir="auto">2026-11-21</dd>')
  expect(PAGES.preview).toContain('This link leads to another site')
})

test('a preview with several targets lists all of them, and leads to the short link', () => {
  expect(PAGES.several).toContain('This link leads to one of 3 addresses')
  const addresses = SEVERAL.targets.map((url) => `<dd dir="auto">${url.replace('&', '&amp;')}</dd>`)
  expect(PAGES.several).toContain(`<dt>Addresses</dt>${addresses.join('')}`)
  expect(PAGES.several.match(/href="http[^"]*"/g)).toEqual(['href="https://s.example.com/abc"'])
})

test('a preview that shows a target says whether the query is passed on', () => {
  const says = (preview: object) => previewPage({ ...PREVIEW, ...preview }).includes('query')
  expect([says({}), says({ forwardQuery: true }), says({ forwardQuery: true, targets: [] })]).toEqual([
    false,
    true,
    false,
  ])
})

test('the page of a problem has its status, its headers and its detail', () => {
  const { status, headers, body } = problemPage({ status: 405, detail: MARKUP, headers: { allow: 'GET' } })
  expect([status, headers?.allow, headers?.['content-type']]).toEqual([405, 'GET', 'text/html; charset=utf-8'])
  expect(body).toContain('<h1>This did not work</h1>')
  expect(body).toContain(`<p>${ESCAPED}</p>`)
  expect(problemPage({ status: 404, title: 'Nothing here', detail: 'x' }).body).toContain('<h1>Nothing here</h1>')
})

test('the preview without a target says so, and one without a title has none', () => {
  const html = previewPage({ ...PREVIEW, targets: [], title: null })
  expect(html).toContain('does not show where the link leads')
  expect(html).not.toMatch(/<dt>Address|<dt>Title|<a |leads to another site/)
})

test('texts from people are escaped in the preview', () => {
  const html = previewPage({ ...PREVIEW, targets: [MARKUP], title: MARKUP, shortUrl: MARKUP })
  expect(html.split(ESCAPED)).toHaveLength(5)
  expect(html).not.toContain('<b ')
})

test('a bot reads that the target is withheld, and not what it is', () => {
  expect(PAGES.withheld).toContain('protected or limited')
  expect(PAGES.withheld).not.toContain('<a ')
})
