/** The report's script: sorts tables and offers the data for download. Reading needs neither. */
export const SCRIPT = `
"use strict";
for (const button of document.querySelectorAll("th > button")) {
  button.addEventListener("click", () => {
    const th = button.parentElement, row = th.parentElement, body = th.closest("table").tBodies[0];
    const up = th.getAttribute("aria-sort") !== "ascending";
    for (const other of row.cells) other.removeAttribute("aria-sort");
    th.setAttribute("aria-sort", up ? "ascending" : "descending");
    const value = (tr) => tr.cells[th.cellIndex].dataset.v;
    const compare = (a, b) => {
      const x = value(a), y = value(b);
      if (x === undefined || y === undefined) return (x === undefined) - (y === undefined);
      const numeric = x.trim() !== "" && y.trim() !== "" && !isNaN(x) && !isNaN(y);
      const order = numeric ? x - y : x.localeCompare(y);
      return up ? order : -order;
    };
    for (const tr of body.rows) tr.classList.remove("new-group");
    body.append(...[...body.rows].sort(compare));
  });
}
const data = JSON.parse(document.getElementById("report-data").textContent);
const offer = (label, name, type, text) => {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = label;
  button.addEventListener("click", () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text()], { type }));
    link.download = name;
    link.click();
  });
  document.getElementById("downloads").append(button);
};
offer("Trials as CSV", data.name + "-trials.csv", "text/csv", () => data.csv);
offer("All rows as JSON", data.name + ".json", "application/json", () => JSON.stringify(data.json, null, 1));
const folded = new Set();
addEventListener("beforeprint", () => {
  for (const each of document.querySelectorAll("details:not([open])")) {
    folded.add(each);
    each.open = true;
  }
});
addEventListener("afterprint", () => {
  for (const each of folded) each.open = false;
  folded.clear();
});
`;
