/** The pages' style. It travels with each of them, and adds to a cold start: keep it small. */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--page:#f5f6f8;--card:#fff;--text:#1b1f26;--soft:#555c68;--line:#868e9b;--link:#1450b8;--on-link:#fff;--bad:#b3151d}
@media(prefers-color-scheme:dark){:root{--page:#14171c;--card:#1d2128;--text:#eceef2;--soft:#a9b1be;--line:#757e8c;--link:#8ab6ff;--on-link:#101826;--bad:#ff9b96}}
*{box-sizing:border-box}
body{margin:0;padding:10vh 1rem 2rem;background:var(--page);color:var(--text);font:1.0625rem/1.6 system-ui,sans-serif}
main{max-width:34rem;margin:auto;padding:clamp(1.25rem,6vw,2.5rem);background:var(--card);border-radius:1rem;overflow-wrap:anywhere}
h1{margin:0 0 .75rem;font-size:1.5rem;line-height:1.3}
p,dl,dd{margin:0 0 1.25rem}
main>:last-child{margin-bottom:0}
dt,label{display:block;font-weight:600}
dt{color:var(--soft);font-size:.9rem}
input,button,.go{font:inherit;padding:.6rem .9rem;border-radius:.5rem;border:1px solid var(--line)}
input{display:block;width:100%;margin:.35rem 0 1.25rem;background:var(--card);color:inherit}
[aria-invalid]{border-color:var(--bad)}
button,.go{display:inline-block;border-color:var(--link);background:var(--link);color:var(--on-link);font-weight:600;text-decoration:none;cursor:pointer}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
[role=alert]{color:var(--bad);font-weight:600}
`
