import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import chromium from "@sparticuz/chromium";
import puppeteer from "puppeteer-core";
import type { Browser, Page } from "puppeteer-core";
import { renderHtml } from "./html_report.ts";
import { reportContent } from "./report_content.ts";
import { sampleInput } from "./sample_input.ts";

/** The browser inside the npm package, or one of the system where that one lacks libraries. */
async function openBrowser(): Promise<Browser> {
  const launch = (executablePath: string) =>
    puppeteer.launch({ executablePath, args: chromium.args, headless: "shell", timeout: 30_000 });
  try {
    return await launch(await chromium.executablePath());
  } catch (cause) {
    const other = [Deno.env.get("CHROMIUM"), "/usr/bin/chromium"]
      .find((path) => path !== undefined && existsSync(path));
    if (other === undefined) {
      throw new Error(
        "no browser starts; install libnss3 and the like, or set CHROMIUM to a Chromium",
        { cause },
      );
    }
    return await launch(other);
  }
}

async function withReport(use: (page: Page, folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "report-"));
  const browser = await openBrowser();
  try {
    const file = join(folder, "index.html");
    await writeFile(file, renderHtml(reportContent(sampleInput())));
    const page = await browser.newPage();
    await page.setOfflineMode(true);
    const seen: string[] = [];
    page.on("request", (request) => seen.push(request.url()));
    page.on("console", (message) => seen.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => seen.push(`error: ${error}`));
    await page.goto(pathToFileURL(file).href);
    await use(page, folder);
    assert.deepEqual(seen.filter((entry) => !entry.startsWith("blob:")), [
      pathToFileURL(file).href,
    ]);
  } finally {
    await browser.close();
    await rm(folder, { recursive: true });
  }
}

const THROUGHPUTS = `[...document.querySelectorAll("#real-levels tbody tr")]
  .map((row) => Number(row.cells[2].dataset.v))`;

/** Texts of figures that stick out of their figure, and the number of texts looked at. */
const OUTSIDE = `(() => {
  const outside = [];
  let looked = 0;
  for (const svg of document.querySelectorAll("figure svg")) {
    const box = svg.getBoundingClientRect();
    for (const text of svg.querySelectorAll("text")) {
      const at = text.getBoundingClientRect();
      looked++;
      if (at.left < box.left - 1 || at.right > box.right + 1 || at.top < box.top - 1 ||
        at.bottom > box.bottom + 1) outside.push(svg.id + ": " + text.textContent);
    }
  }
  return { outside, looked };
})()`;

Deno.test("the report opens from disk offline, fits its window, sorts and gives its data", async () => {
  await withReport(async (page, folder) => {
    for (const width of [1280, 390]) {
      await page.setViewport({ width, height: 800 });
      const wide = await page.evaluate("document.documentElement.scrollWidth") as number;
      assert.ok(wide <= width, `${wide} px at a window of ${width}`);
      const { outside, looked } = await page.evaluate(OUTSIDE) as {
        outside: string[];
        looked: number;
      };
      assert.deepEqual(outside, []);
      assert.ok(looked > 200);
    }

    const before = await page.evaluate(THROUGHPUTS) as number[];
    const ascending = before.toSorted((a, b) => a - b);
    assert.notDeepEqual(before, ascending);
    const button = "#real-levels thead th:nth-child(3) button";
    await page.$eval(button, (element) => (element as unknown as { click(): void }).click());
    assert.deepEqual(await page.evaluate(THROUGHPUTS), ascending);
    await page.$eval(button, (element) => (element as unknown as { click(): void }).click());
    assert.deepEqual(await page.evaluate(THROUGHPUTS), ascending.toReversed());
    const sorted = `document.querySelector("${button}").parentElement.getAttribute("aria-sort")`;
    assert.equal(await page.evaluate(sorted), "descending");

    assert.match(await download(page, folder), /^run_id,trial_id,launch_id,role,engine/);
  });
});

/** Figures that their column makes smaller than four fifths of their size, and a table that scrolls. */
const SQUEEZED = `(() => {
  const { scrollWidth, clientWidth } = document.querySelector("#real-levels").parentElement;
  const small = [...document.querySelectorAll("figure svg")]
    .filter((svg) => svg.checkVisibility())
    .filter((svg) => svg.getBoundingClientRect().width < 0.8 * svg.getAttribute("width"))
    .map((svg) => svg.id);
  return scrollWidth > clientWidth ? [...small, "real-levels"] : small;
})()`;

Deno.test("on a wide screen the level table is seen whole, and no figure is made tiny", async () => {
  await withReport(async (page) => {
    await page.setViewport({ width: 1280, height: 800 });
    assert.deepEqual(await page.evaluate(SQUEEZED), []);
  });
});

Deno.test("the answer is within the first screen, and each figure is one named image", async () => {
  await withReport(async (page) => {
    await page.setViewport({ width: 1280, height: 800 });
    const bottom = await page.evaluate(
      `document.querySelector("#answer-real .box").getBoundingClientRect().bottom`,
    ) as number;
    assert.ok(bottom < 800, `the answer ends at ${bottom} px`);
    const tree = await page.accessibility.snapshot();
    const names: string[] = [];
    const visit = (node: typeof tree): void => {
      if (node === null) return;
      if (["img", "image"].includes(node.role)) names.push(node.name ?? "");
      for (const child of node.children ?? []) visit(child);
    };
    visit(tree);
    assert.equal(names.length, 18);
    assert.ok(names.includes("TTFT by concurrency (simulated)"), names.join("; "));
  });
});

async function download(page: Page, folder: string): Promise<string> {
  const session = await page.createCDPSession();
  await session.send("Browser.setDownloadBehavior", {
    behavior: "allow",
    downloadPath: folder,
    eventsEnabled: true,
  });
  const done = new Promise<void>((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error("no download within 10 s")), 10_000);
    session.on("Browser.downloadProgress", ({ state }) => {
      if (state === "inProgress") return;
      clearTimeout(limit);
      if (state === "completed") resolve();
      else reject(new Error(`the download was ${state}`));
    });
  });
  await page.$eval(
    "#downloads button",
    (element) => (element as unknown as { click(): void }).click(),
  );
  await done;
  return await readFile(join(folder, "sample-trials.csv"), "utf8");
}
