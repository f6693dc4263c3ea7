/** The report's style: one column, readable in light, dark, on a phone and on paper. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --bg: light-dark(#fff, #14171a);
  --fg: light-dark(#1b1f24, #e6e9ec);
  --soft: light-dark(#57606a, #a3acb5);
  --line: light-dark(#d5dae0, #353b42);
  --panel: light-dark(#f5f7f9, #1c2126);
  --link: light-dark(#0a58a6, #7cb8f2);
  --answer: light-dark(#0072B2, #4aa3dc);
  --warning: light-dark(#b04e00, #e8904a);
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body {
  margin: 0 auto; padding: 1.25rem 1rem 4rem; max-width: 1120px;
  background: var(--bg); color: var(--fg);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif;
  overflow-wrap: break-word;
}
a { color: var(--link); }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.3rem; margin: 2.75rem 0 .6rem; padding-top: .6rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.6rem 0 .5rem; }
h4 { font-size: 1rem; margin: 1.2rem 0 .4rem; }
.evidence { font-size: .88em; white-space: nowrap; }
.evidence::before { content: "→ "; color: var(--soft); }
header + main h2:first-of-type { margin-top: 1.25rem; }
.anchor { margin-left: .35em; text-decoration: none; color: var(--soft); opacity: 0; font-weight: 400; }
h2:hover .anchor, h3:hover .anchor, h4:hover .anchor, .anchor:focus-visible { opacity: 1; }
.question { font-size: 1.1rem; margin: .25rem 0; }
.subtitle, .note, .how { color: var(--soft); }
.subtitle { margin: .25rem 0 .75rem; }
p { margin: .5rem 0; max-width: 50rem; }
.contents ul { display: flex; flex-wrap: wrap; gap: .15rem 1.1rem; padding: 0; margin: 0; list-style: none; font-size: .92rem; }
.box { border-left: 5px solid var(--line); background: var(--panel); padding: .55rem .9rem; margin: .5rem 0; border-radius: 3px; }
.box.answer { border-left-color: var(--answer); font-size: 1.06rem; }
.box.simulated { border-left-color: var(--soft); }
.box.warning { border-left-color: var(--warning); }
.box ul, main > section > ul { margin: 0; padding-left: 1.15rem; }
.box li + li { margin-top: .4rem; }
.box p + p { margin-top: .4rem; }
.box p { margin: 0; max-width: none; }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) minmax(0, 1fr); gap: .3rem 1.25rem; margin: .5rem 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; max-width: 100%; }
.scroll:focus-visible, a:focus-visible, button:focus-visible, summary:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
table { border-collapse: collapse; font-size: .92rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding: .25rem 0 .5rem; max-width: min(60rem, calc(100vw - 2.5rem)); caption-side: top; }
th, td { padding: .3rem .5rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
tbody th { font-weight: 500; white-space: nowrap; }
thead th { vertical-align: bottom; border-bottom: 2px solid var(--line); }
th.end, td.end { text-align: right; }
td.end { white-space: nowrap; }
thead th.end { max-width: 8rem; }
th button { all: unset; cursor: pointer; font-weight: 600; }
th button:focus-visible { outline: 2px solid var(--link); }
th button::after { content: "\u00a0↕"; color: var(--soft); font-weight: 400; }
th[aria-sort="ascending"] button::after { content: "\u00a0↑"; }
th[aria-sort="descending"] button::after { content: "\u00a0↓"; }
th .note, td .note { display: block; font-size: .89em; font-weight: 400; }
.mark { font-size: .78rem; font-weight: 600; border: 1px solid currentColor; border-radius: 3px; padding: 0 .28em; margin-right: .4em; }
tr.new-group > * { border-top: 2px solid var(--line); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 500px), 1fr)); gap: 2rem 1.5rem; margin: .75rem 0; }
figure { margin: 0; min-width: 0; }
figure.wide { grid-column: 1 / -1; }
figure svg { display: block; max-width: 100%; min-width: 330px; height: auto; }
figcaption { font-size: .92rem; margin-top: .35rem; max-width: 36rem; }
figcaption p { margin: .25rem 0; }
details { margin: .5rem 0; }
summary { cursor: pointer; color: var(--link); }
figure details { font-size: .92rem; }
pre { background: var(--panel); padding: .7rem .9rem; margin: .5rem 0; font-size: .84rem; line-height: 1.4; border-radius: 3px; overflow-x: auto; }
.downloads button { font: inherit; padding: .3rem .8rem; margin: 0 .5rem .5rem 0; cursor: pointer; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--bg); padding: .3rem .6rem; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 640px) {
  body { font-size: 15px; }
  dl { grid-template-columns: minmax(0, 1fr); gap: 0; }
  dd { margin-bottom: .5rem; }
  th, td { padding: .3rem .5rem; }
}
@media print {
  :root { color-scheme: light; }
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  .contents, .downloads, .skip, .anchor { display: none; }
  th button::after { content: "" !important; }
  details::details-content { content-visibility: visible; block-size: auto; }
  figure, .box, tr { break-inside: avoid; }
  h2, h3, summary { break-after: avoid; }
  .scroll { overflow: visible; }
  table { font-size: 7.5pt; }
  table.wide { font-size: 6pt; }
  th, td { padding: .12rem .22rem; }
  td.end, tbody th { white-space: normal; }
  pre { white-space: pre-wrap; }
}
`;
