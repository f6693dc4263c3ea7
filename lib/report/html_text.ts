/** A tagged template for HTML that escapes everything unless it is HTML already. */

/** Text that is HTML already; made by `markup` and `trusted` only. */
export class Html {
  constructor(readonly text: string) {}
}

type Part = string | number | null | Html | Html[];

/**
 * HTML from a template; strings and numbers are escaped, `null` is left out, arrays are joined.
 * Not named `html`, because formatters rewrite the white space of such templates.
 */
export function markup(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(strings.reduce((all, string, i) => all + textOf(parts[i - 1]) + string));
}

/** Marks text as HTML without escaping; for our own style, script and SVG only. */
export function trusted(text: string): Html {
  return new Html(text);
}

/** Text for HTML content and quoted attributes. */
export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;").replaceAll("'", "&#39;");
}

/** JSON that is safe inside a script element. */
export function jsonForScript(value: unknown): Html {
  return new Html(
    JSON.stringify(value).replace(
      /[<>&\u2028\u2029]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    ),
  );
}

function textOf(part: Part | undefined): string {
  if (part === null || part === undefined) return "";
  if (part instanceof Html) return part.text;
  if (Array.isArray(part)) return part.map((each) => each.text).join("");
  return escaped(String(part));
}
