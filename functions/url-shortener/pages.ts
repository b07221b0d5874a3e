import { htmlResponse as answer, escapeHtml } from '../shared/http/html.ts'
import type { HttpResponse } from '../shared/http/response.ts'
import { PAGE_STYLE } from './page-style.ts'

/** A page of this file as an answer. */
export function htmlResponse(status: number, html: string): HttpResponse {
  return answer({ status, html, style: PAGE_STYLE })
}

/** Why a link leads nowhere, or what else a person must know. */
export function messagePage({ title, message }: { title: string; message: string }): string {
  return page(title, `<p>${escapeHtml(message)}</p>`)
}

export interface PasswordForm {
  /** Where the form is sent: a URL, relative to the page's own. */
  action: string
  /** Whether the last try was wrong. */
  isWrong: boolean
}

/** Asks for a link's password. */
export function passwordPage({ action, isWrong }: PasswordForm): string {
  const error = isWrong ? '<p id="error" role="alert">This password is wrong. Try again.</p>' : ''
  const state = isWrong ? ' aria-invalid="true" aria-describedby="error"' : ''
  return page(
    isWrong ? 'Wrong password' : 'This link asks for a password',
    `<p>Whoever gave you the link can tell you the password.</p>
<form method="post" action="${escapeHtml(action)}">${error}
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required autofocus${state}>
<button>Open the link</button></form>`,
    { hasForm: true },
  )
}

export interface Preview {
  shortUrl: string
  /** `null`: it is not shown. */
  url: string | null
  title: string | null
  /** RFC 3339 */
  createdAt: string
}

/** Where a link leads, without going there. */
export function previewPage({ shortUrl, url, title, createdAt }: Preview): string {
  const target =
    url === null
      ? '<p>The target of this link is not shown.</p>'
      : `<p>This link leads to another site, which is not ours. Look at the address before you go on.</p>
<p><a class="go" rel="noreferrer noopener nofollow" href="${escapeHtml(url)}">Go to this address</a></p>`
  const rows = [
    row('Short link', shortUrl),
    row('Leads to', url),
    row('Title', title),
    row('Created', createdAt.slice(0, 10)),
  ]
  return page('Preview of a short link', `<dl>${rows.join('')}</dl>${target}`)
}

/** For programs: what a link leads to is for people alone. */
export function withheldPage(): string {
  return messagePage({
    title: 'A short link',
    message: 'This link is protected or limited: its target is shown to people who open it in a browser.',
  })
}

/** A text's own direction ends with it: a block is a paragraph of its own to the bidirectional algorithm. */
function row(name: string, value: string | null): string {
  return value ? `<dt>${name}</dt><dd dir="auto">${escapeHtml(value)}</dd>` : ''
}

function page(title: string, content: string, { hasForm } = { hasForm: false }): string {
  const heading = escapeHtml(title)
  const policy = hasForm ? '' : `<meta http-equiv="content-security-policy" content="form-action 'none'">`
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">${policy}
<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">
<title>${heading}</title><link rel="icon" href="data:,"><style>${PAGE_STYLE}</style></head>
<body><main><h1>${heading}</h1>
${content}
</main></body></html>`
}
