import { htmlResponse as answer, escapeHtml, NO_FORMS } from '../shared/http/html.ts'
import type { HttpResponse, Problem } from '../shared/http/response.ts'

/** The style of all pages. It is part of each page, and adds to a cold start: keep it small. */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--card:light-dark(#fff,#1d2128);--text:light-dark(#1b1f26,#eceef2);--line:light-dark(#868e9b,#757e8c);--link:light-dark(#1450b8,#8ab6ff);--bad:light-dark(#b3151d,#ff9b96)}
body{margin:0;padding:10vh 1rem 2rem;background:light-dark(#f5f6f8,#14171c);color:var(--text);font:1.0625rem/1.6 system-ui,sans-serif}
main{max-width:29rem;margin:auto;padding:clamp(1.25rem,6vw,2.5rem);background:var(--card);border-radius:1rem;overflow-wrap:anywhere}
h1{margin:0;font-size:1.5rem;line-height:1.3}
p,dl,input{margin:.6rem 0 1.25rem}
dt,label,[role=alert]{font-weight:600}
dt{font-size:.875rem}
dd{margin:0 0 1rem}
main :last-child{margin-bottom:0}
input,button,.go{box-sizing:border-box;padding:.6rem 1rem;font:inherit;border:1px solid var(--line);border-radius:.5rem}
input{width:100%;background:none;color:inherit}
button,.go{display:inline-block;border:0;background:var(--link);color:var(--card);font-weight:600;text-decoration:none;cursor:pointer}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
[aria-invalid]{border-color:var(--bad)}
[role=alert]{color:var(--bad)}
`

/** Builds the response with a page of this file. */
export function htmlResponse(status: number, html: string): HttpResponse {
  return answer({ status, html, style: PAGE_STYLE })
}

/** Builds the page of a problem: with its status and headers, and its detail as the message. */
export function problemPage({
  status,
  title = 'This did not work',
  detail,
  headers,
}: Pick<Problem, 'status' | 'detail' | 'headers'> & { title?: string | undefined }): HttpResponse {
  const page = htmlResponse(status, messagePage({ title, message: detail }))
  return { ...page, headers: { ...headers, ...page.headers } }
}

export interface Message {
  title: string
  message: string
  /** A link to continue. */
  go?: { href: string; text: string }
}

/** Shows a message, such as why a link leads nowhere. */
export function messagePage({ title, message, go }: Message): string {
  const button = go ? `<p><a class="go" href="${escapeHtml(go.href)}">${escapeHtml(go.text)}</a></p>` : ''
  return page(title, `<p>${escapeHtml(message)}</p>${button}`)
}

export interface PasswordForm {
  /** The URL that the form is sent to, relative to the page's own. */
  action: string
  /** A sentence that says what was wrong with the last try. */
  error?: string
}

/** Asks for a link's password. */
export function passwordPage({ action, error }: PasswordForm): string {
  const alert = error === undefined ? '' : `<p id="error" role="alert">${escapeHtml(error)}</p>`
  const state = error === undefined ? '' : ' aria-invalid="true" aria-describedby="error"'
  return page(
    'This link asks for a password',
    `<p>You get the password from whoever gave you the link.</p>
<form method="post" action="${escapeHtml(action)}">${alert}
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required autofocus${state}>
<button>Open the link</button></form>`,
    { hasForm: true },
  )
}

export interface Preview {
  shortUrl: string
  /** Every target that a visitor may get; empty if they are not shown. */
  targets: readonly string[]
  title: string | null
  /** RFC 3339 */
  createdAt: string
  /** True if the visitor's query is added to the target. */
  forwardQuery: boolean
}

/** Shows the targets of a link without redirecting. */
export function previewPage({ shortUrl, targets, title, createdAt, forwardQuery }: Preview): string {
  const [target, ...others] = targets
  const rows = [
    row(others.length > 0 ? 'Addresses' : 'Address', targets),
    row('Title', title ? [title] : []),
    row('Short link', [shortUrl]),
    row('Created', [createdAt.slice(0, 10)]),
  ]
  const query = forwardQuery && target !== undefined ? `<p>${FORWARDS_QUERY}</p>` : ''
  return page(
    'Preview of a short link',
    `<p>${previewIntro(targets.length)}</p>${query}<dl>${rows.join('')}</dl>${previewAction(targets, shortUrl)}`,
  )
}

const FORWARDS_QUERY = 'A query that is added to the short link is passed on to the address.'

function previewIntro(count: number): string {
  if (count === 0) return 'This preview does not show where the link leads.'
  if (count === 1) return 'This link leads to another site, which is not ours. Look at its address before you go on.'
  return `This link leads to one of ${count} addresses, none of which is ours. Which one depends on the visitor’s device, language or country, or on the time. Look at all of them before you go on.`
}

/** Returns the button to continue. With several targets it is the short link, because only a visit chooses one. */
function previewAction([target, ...others]: readonly string[], shortUrl: string): string {
  if (target === undefined) return ''
  const [url, label] = others.length > 0 ? [shortUrl, 'Follow the short link'] : [target, 'Go to this address']
  return `<p><a class="go" rel="noreferrer noopener nofollow" href="${escapeHtml(url)}">${label}</a></p>`
}

/** Builds the page for bots, which shows that a link exists, but not its target. */
export function withheldPage(): string {
  return messagePage({
    title: 'A short link',
    message: 'This link is protected or limited. Where it leads is only shown to people, in a browser.',
  })
}

/** Builds a row. Each value is a block, which isolates the direction of its text from the rest of the page. */
function row(name: string, values: readonly string[]): string {
  if (values.length === 0) return ''
  return `<dt>${name}</dt>${values.map((value) => `<dd dir="auto">${escapeHtml(value)}</dd>`).join('')}`
}

function page(title: string, content: string, { hasForm } = { hasForm: false }): string {
  const heading = escapeHtml(title)
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">${hasForm ? '' : NO_FORMS}
<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">
<title>${heading}</title><link rel="icon" href="data:,"><style>${PAGE_STYLE}</style></head>
<body><main><h1>${heading}</h1>
${content}
</main></body></html>`
}
