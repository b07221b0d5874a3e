/** The look of the component. Pages change it by the custom properties whose names begin with `--stackyard-inbox-`. */
export const STYLES = `
:host {
  --surface: var(--stackyard-inbox-surface, light-dark(#ffffff, #22252c));
  --hover: var(--stackyard-inbox-hover, light-dark(#f0f2f5, #2d313a));
  --text: var(--stackyard-inbox-text, light-dark(#1c1e21, #e8eaed));
  --quiet: var(--stackyard-inbox-quiet, light-dark(#5b6068, #a9afb9));
  --border: var(--stackyard-inbox-border, light-dark(#7a808a, #868d99));
  --line: var(--stackyard-inbox-line, light-dark(#dfe2e7, #3a3f49));
  --accent: var(--stackyard-inbox-accent, light-dark(#1f5fbf, #8ab4f8));
  --badge: var(--stackyard-inbox-badge, light-dark(#b3261e, #f5a39d));
  --on-badge: var(--stackyard-inbox-on-badge, light-dark(#ffffff, #16181d));
  --radius: var(--stackyard-inbox-radius, 0.5rem);
  display: inline-block;
  color: var(--text);
  font: var(--stackyard-inbox-font, 0.9375rem/1.5 system-ui, sans-serif);
}

:host([hidden]),
[hidden] {
  display: none !important;
}

* {
  box-sizing: border-box;
}

button {
  padding: 0;
  border: 0;
  border-radius: 0.375rem;
  background: none;
  color: inherit;
  font: inherit;
  cursor: pointer;
}

:focus-visible {
  outline: 2px solid var(--accent);
  outline-offset: 2px;
}

svg {
  display: block;
  width: 1.5rem;
  height: 1.5rem;
  fill: none;
  stroke: currentColor;
  stroke-linecap: round;
  stroke-linejoin: round;
  stroke-width: 1.75;
}

.bell {
  position: relative;
  padding: 0.625rem;
}

.bell:hover {
  background: var(--hover);
}

.badge {
  position: absolute;
  inset-block-start: 0.125rem;
  inset-inline-end: 0.125rem;
  min-width: 1.25rem;
  padding-inline: 0.3125rem;
  border-radius: 0.625rem;
  background: var(--badge);
  color: var(--on-badge);
  font-size: 0.75rem;
  font-weight: 600;
  line-height: 1.25rem;
  text-align: center;
}

.for-readers {
  position: absolute;
  width: 1px;
  height: 1px;
  margin: 0;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}

.panel {
  position: fixed;
  inset: auto;
  width: min(24rem, 100vw - 1rem);
  max-height: min(36rem, 100vh - 1rem);
  margin: 0;
  padding: 0;
  border: 1px solid var(--border);
  border-radius: var(--radius);
  background: var(--surface);
  color: var(--text);
  box-shadow: 0 0.5rem 1.5rem rgb(0 0 0 / 20%);
  overflow: auto;
  overscroll-behavior: contain;
}

header {
  position: sticky;
  inset-block-start: 0;
  z-index: 1;
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  justify-content: space-between;
  gap: 0 1rem;
  padding: 0.5rem 1rem;
  border-block-end: 1px solid var(--line);
  background: var(--surface);
}

h2 {
  margin: 0;
  font-size: 1.0625rem;
  font-weight: 600;
}

h2:focus {
  outline: none;
}

.action {
  min-height: 2rem;
  color: var(--accent);
}

.action:hover {
  text-decoration: underline;
}

.note {
  margin: 0;
  padding: 0.75rem 1rem;
  color: var(--quiet);
}

ul {
  margin: 0;
  padding: 0;
  list-style: none;
}

li {
  position: relative;
  display: grid;
  grid-template-columns: minmax(0, 1fr) auto;
  gap: 0 0.5rem;
  padding: 0.75rem 0.5rem 0.75rem 1.75rem;
  border-block-end: 1px solid var(--line);
}

li:hover {
  background: var(--hover);
}

.dot {
  position: absolute;
  inset-block-start: 1.25rem;
  inset-inline-start: 0.75rem;
  width: 0.5rem;
  height: 0.5rem;
  border-radius: 50%;
  background: var(--accent);
}

.title {
  text-align: start;
  color: inherit;
  overflow-wrap: anywhere;
}

a.title {
  text-decoration-color: var(--border);
  text-underline-offset: 0.2em;
}

.is-unread .title {
  font-weight: 600;
}

/* All of an item can be clicked, apart from its button. */
.title::after {
  position: absolute;
  inset: 0;
  content: '';
}

.title:focus-visible {
  outline: none;
}

.title:focus-visible::after {
  outline: 2px solid var(--accent);
  outline-offset: -2px;
}

.body,
time {
  grid-column: 1;
  margin: 0;
  overflow-wrap: anywhere;
}

.body {
  white-space: pre-line;
}

time {
  color: var(--quiet);
  font-size: 0.8125rem;
}

.archive {
  position: relative;
  z-index: 1;
  grid-row: 1 / span 2;
  grid-column: 2;
  align-self: start;
  margin-block-start: -0.375rem;
  padding: 0.5rem;
  color: var(--quiet);
}

.archive:hover {
  color: var(--text);
}

.archive svg {
  width: 1.25rem;
  height: 1.25rem;
}

.more {
  width: 100%;
  padding: 0.75rem;
}

@media (forced-colors: active) {
  .dot {
    background: LinkText;
  }

  .badge {
    border: 1px solid;
  }
}
`
