/** Text cut to a length, for messages and labels. */

/** `text` with at most `longest` characters, the last of them `…` where more was cut off. */
export function cutText(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}
