/** Seeded mutations of texts and bytes, for tests that feed parsers with damage. */

export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const JUNK = [
  ',',
  '"',
  '\n',
  '\r\n',
  '\u0000',
  '<html>',
  '-',
  '.',
  'e9',
  'NaN',
  'null',
  '{',
  ']',
  '\u{1f600}',
  ' ',
  ':',
  'x',
];

/** One to three random injuries: cuts, insertions, swaps, repeated or lost lines, another encoding. */
export function mutateText(text: string, random: () => number): string {
  let result = text;
  const count = 1 + Math.floor(random() * 3);
  for (let i = 0; i < count; i++) result = injure(result, random);
  return result;
}

function injure(text: string, random: () => number): string {
  const at = Math.floor(random() * (text.length + 1));
  const length = Math.floor(random() * Math.min(60, text.length));
  const junk = JUNK[Math.floor(random() * JUNK.length)]!;
  switch (Math.floor(random() * 9)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + text.slice(at + length);
    case 2:
      return text.slice(0, at) + junk + text.slice(at);
    case 3:
      return text.slice(0, at) + junk + text.slice(at + junk.length);
    case 4: {
      const lines = text.split('\n');
      const line = Math.floor(random() * lines.length);
      lines.splice(line, 0, lines[line]!);
      return lines.join('\n');
    }
    case 5: {
      const lines = text.split('\n');
      lines.splice(Math.floor(random() * lines.length), 1);
      return lines.join('\n');
    }
    case 6: {
      const lines = text.split('\n');
      const [line] = lines.splice(Math.floor(random() * lines.length), 1);
      lines.splice(Math.floor(random() * lines.length), 0, line!);
      return lines.join('\n');
    }
    case 7:
      return text.slice(at) + text.slice(0, at);
    default:
      return random() < 0.5 ? `\uFEFF${text}` : text.replaceAll(',', ';');
  }
}

/** One to four flipped, lost or repeated bytes, or a cut. */
export function mutateBytes(bytes: Buffer, random: () => number): Buffer {
  let result = Buffer.from(bytes);
  for (let i = 1 + Math.floor(random() * 4); i > 0; i--) {
    const at = Math.floor(random() * result.length);
    const kind = Math.floor(random() * 4);
    if (kind === 0) result = result.subarray(0, at);
    else if (kind === 1) result = Buffer.concat([result.subarray(0, at), result.subarray(at + 1)]);
    else if (kind === 2)
      result = Buffer.concat([result.subarray(0, at), result.subarray(Math.max(0, at - 3))]);
    else if (result.length > 0) result[at] = (result[at]! + 1 + Math.floor(random() * 254)) & 0xff;
  }
  return result;
}
