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
