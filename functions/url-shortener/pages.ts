import { htmlResponse as answer, escapeHtml, NO_FORMS } from '../shared/http/html.ts'
import type { HttpResponse } from '../shared/http/response.ts'

/** The pages' style. It travels with each of them, and adds to a cold start: keep it small. */
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
    'This link asks for a password',
    `<p>Whoever gave you the link can tell you its password.</p>
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
  const [intro, go] =
    url === null
      ? ['This preview does not show where the link leads.', '']
      : [
          'This link leads to another site, which is not ours. Look at its address before you go on.',
          `<p><a class="go" rel="noreferrer noopener nofollow" href="${escapeHtml(url)}">Go to this address</a></p>`,
        ]
  const rows = [
    row('Address', url),
    row('Title', title),
    row('Short link', shortUrl),
    row('Created', createdAt.slice(0, 10)),
  ]
  return page('Preview of a short link', `<p>${intro}</p><dl>${rows.join('')}</dl>${go}`)
}

/** For programs: what a link leads to is for people alone. */
export function withheldPage(): string {
  return messagePage({
    title: 'A short link',
    message: 'This link is protected or limited. Where it leads is only shown to people, in a browser.',
  })
}

/** A text's own direction ends with it: a block is a paragraph of its own to the bidirectional algorithm. */
function row(name: string, value: string | null): string {
  return value ? `<dt>${name}</dt><dd dir="auto">${escapeHtml(value)}</dd>` : ''
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
