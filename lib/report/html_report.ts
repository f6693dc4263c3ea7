/** A report as one HTML file that works offline, for ever: no request leaves the page. */
import type { Figure } from "@/figures/figure.ts";
import { figureTable } from "./figure_table.ts";
import { Html, jsonForScript, markup, trusted } from "./html_text.ts";
import { SCRIPT } from "./page_script.ts";
import type {
  Block,
  ReportCell,
  ReportColumn,
  ReportContent,
  ReportTable,
  Section,
} from "./report_blocks.ts";
import { STYLE } from "./style.css.ts";

const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** The whole page. Everything that comes from data is escaped. */
export function renderHtml(content: ReportContent): string {
  const data = jsonForScript(content.data);
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${content.title}</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<a class="skip" href="#answer">Skip to the answer</a>
${headerHtml(content)}
<main>
${content.sections.map((part) => sectionHtml(part, 2))}
${DATA_SECTION}
</main>
<script type="application/json" id="report-data">${data}</script>
<script>${trusted(SCRIPT)}</script>
</body>
</html>
`.text;
}

const DATA_SECTION = markup`<section id="data"><h2>Data</h2>
<p>All rows that this page was made from are inside it.</p>
<div id="downloads" class="downloads"></div>
<noscript><p>The download buttons need JavaScript; the rows are in the page's source, in the element
<code>report-data</code>.</p></noscript>
</section>`;

function headerHtml({ title, question, subtitle, sections }: ReportContent): Html {
  const links = [...sections, { id: "data", title: "Data" }]
    .map((part) => markup`<li><a href="#${part.id}">${part.title}</a></li>`);
  return markup`<header>
<h1>${title}</h1>
${question === null ? null : markup`<p class="question">${question}</p>`}
<p class="subtitle">${subtitle}</p>
<nav class="contents" aria-label="Contents"><ul>${links}</ul></nav>
</header>`;
}

function sectionHtml(part: Section, level: 2 | 3 | 4): Html {
  const anchor =
    markup`<a class="anchor" href="#${part.id}" aria-label="Link to ${part.title}">#</a>`;
  const heading = level === 2
    ? markup`<h2>${part.title}${anchor}</h2>`
    : level === 3
    ? markup`<h3>${part.title}${anchor}</h3>`
    : markup`<h4>${part.title}${anchor}</h4>`;
  return markup`<section id="${part.id}">
${heading}
${part.blocks.map(blockHtml)}
${part.sections.map((inner) => sectionHtml(inner, level === 2 ? 3 : 4))}
</section>
`;
}

function blockHtml(block: Block): Html {
  switch (block.kind) {
    case "paragraph":
      return markup`<p>${block.text}</p>\n`;
    case "list":
      return markup`<ul>${block.items.map((item) => markup`<li>${item}</li>`)}</ul>\n`;
    case "box":
      return markup`<div class="box ${block.tone}">${
        block.items.length === 1
          ? markup`<p>${block.items[0]!}</p>`
          : markup`<ul>${block.items.map((item) => markup`<li>${item}</li>`)}</ul>`
      }</div>\n`;
    case "sentences":
      return sentencesHtml(block);
    case "link":
      return markup`<p><a href="#${block.target}">${block.text}</a></p>\n`;
    case "facts":
      return markup`<dl>${
        block.facts.map(([label, value]) => markup`<dt>${label}</dt><dd>${value}</dd>\n`)
      }</dl>\n`;
    case "table":
      return tableHtml(block.table);
    case "figures":
      return markup`<div class="figures">${block.figures.map(figureHtml)}</div>\n`;
    case "code":
      return markup`<pre tabindex="0"><code>${block.text}</code></pre>\n`;
    case "details":
      return markup`<details><summary>${block.summary}</summary>\n${
        block.blocks.map(blockHtml)
      }</details>\n`;
  }
}

function sentencesHtml({ tone, items }: Extract<Block, { kind: "sentences" }>): Html {
  const sentences = items.map(({ label, text, links }) =>
    markup`<p>${label === null ? null : markup`<strong>${label}.</strong> `}${unbroken(text)}${
      links.map((link) => markup` <a class="evidence" href="#${link.target}">${link.text}</a>`)
    }</p>\n`
  );
  return tone === null
    ? markup`${sentences}`
    : markup`<div class="box ${tone}">${sentences}</div>\n`;
}

/** A number and its unit stay on one line. */
function unbroken(text: string): string {
  return text.replace(/(\d) (?=(?:%|ms|s|GiB|MiB|tok\/s|req\/s)(?:[^\w]|$))/g, "$1\u00a0")
    .replace(/\bk = (?=\d)/g, "k\u00a0=\u00a0");
}

/** Figures beyond this many pixels take the whole line, since half of it would make their text tiny. */
const WIDE = 640;

function figureHtml(figure: Figure): Html {
  return markup`<figure id="${figure.id}"${figure.width > WIDE ? markup` class="wide"` : null}>
<div class="scroll" tabindex="0" role="group" aria-label="Figure: ${figure.title}">
${trusted(figure.svg)}
</div>
<figcaption>
<p><strong>${figure.finding}</strong></p>
<p class="how">${[figure.how_to_read, ...figure.missing].join(" ")}</p>
</figcaption>
<details><summary>Numbers of this figure<span class="hidden">: ${figure.title}</span></summary>
${tableHtml(figureTable(figure))}
</details>
</figure>
`;
}

function tableHtml(table: ReportTable): Html {
  const { id, caption, columns } = table;
  const header = columns.findIndex((column) => column.align === "start");
  const rows = table.rows.map((row, i) => {
    const cells = row.map((cell, j) => cellHtml(cell, columns[j]!, j === header));
    return startsGroup(table, i)
      ? markup`<tr class="new-group">${cells}</tr>\n`
      : markup`<tr>${cells}</tr>\n`;
  });
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="Table: ${caption}">
<table id="${id}"${columns.length > 10 ? markup` class="wide"` : null}>
<caption>${caption}</caption>
<thead><tr>${columns.map(columnHtml)}</tr></thead>
<tbody>
${rows}</tbody>
</table></div>
`;
}

/** A line is drawn where the first column changes, if its values come in runs. */
function startsGroup({ rows }: ReportTable, i: number): boolean {
  const first = (j: number) => rows[j]?.[0]?.sort;
  const runs = rows.some((_, j) => j > 0 && first(j) === first(j - 1));
  return runs && i > 0 && first(i) !== first(i - 1);
}

function columnHtml({ label, note, align }: ReportColumn): Html {
  return markup`<th scope="col" class="${align}"><button type="button">${label}</button>${
    noteHtml(note)
  }</th>`;
}

function cellHtml(cell: ReportCell, { align }: ReportColumn, isHeader: boolean): Html {
  const sort = typeof cell.sort === "number" ? +cell.sort.toPrecision(6) : cell.sort;
  const value = sort === null ? null : markup` data-v="${sort}"`;
  const mark = cell.mark === null ? null : markup`<span class="mark">${cell.mark}</span>`;
  const inside = markup`${mark}${cell.text}${noteHtml(cell.note)}`;
  return isHeader
    ? markup`<th scope="row" class="${align}"${value}>${inside}</th>`
    : markup`<td class="${align}"${value}>${inside}</td>`;
}

function noteHtml(note: string | null): Html | null {
  return note === null ? null : markup`<span class="note">${note}</span>`;
}
