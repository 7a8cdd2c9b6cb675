/** Text that is drawn. */
export interface TextStyle {
  readonly size?: number;
  readonly weight?: "normal" | "600";
  readonly colour?: string;
  readonly anchor?: "start" | "middle";
}

/** A box that is drawn. */
export interface BoxStyle {
  readonly fill: string;
  readonly line: string;
  readonly dashed?: boolean;
  readonly radius?: number;
}

/** The colours of the picture. */
export const colours = {
  text: "#1f2933",
  faint: "#616e7c",
  cloud: { fill: "#f5f7fa", line: "#cbd2d9" },
  cluster: { fill: "#ffffff", line: "#7b8794" },
  node: { fill: "#f0f4f8", line: "#9fb3c8" },
  server: { fill: "#d9e8ff", line: "#2f6fd0" },
  service: { fill: "#e3f8ed", line: "#27936a" },
  volume: { fill: "#fff3d6", line: "#c98a11" },
  note: { fill: "#f7f2fb", line: "#9b72c4" },
} as const;

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** A line of text whose baseline is at `y`. */
export function text(x: number, y: number, words: string, style: TextStyle = {}): string {
  const { size = 13, weight = "normal", colour = colours.text, anchor = "start" } = style;
  return `<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${colour}" text-anchor="${anchor}">${escaped(words)}</text>`;
}

/** A box with rounded corners. */
export function box(x: number, y: number, width: number, height: number, style: BoxStyle): string {
  const dashes = style.dashed === true ? ' stroke-dasharray="5 4"' : "";
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${style.radius ?? 8}" fill="${style.fill}" stroke="${style.line}"${dashes}/>`;
}

/** Lines of text in the middle of a box, the first one bold. */
export function labelled(
  x: number,
  y: number,
  width: number,
  height: number,
  style: BoxStyle,
  [title = "", ...lines]: readonly string[],
): string {
  const spacing = 16;
  const first = y + height / 2 - (lines.length * spacing) / 2 + 4.5;
  const middle = x + width / 2;
  return [
    box(x, y, width, height, style),
    text(middle, first, title, { weight: "600", anchor: "middle" }),
    ...lines.map((line, n) =>
      text(middle, first + (n + 1) * spacing, line, { size: 11.5, colour: colours.faint, anchor: "middle" }),
    ),
  ].join("\n");
}

/** A disk: a cylinder with a name and a line below it. */
export function disk(
  x: number,
  y: number,
  width: number,
  height: number,
  name: string,
  note: string,
): string {
  const { fill, line } = colours.volume;
  const [rx, ry] = [width / 2, 8];
  const side = `M${x} ${y + ry}v${height - 2 * ry}a${rx} ${ry} 0 0 0 ${width} 0v${2 * ry - height}`;
  return [
    `<path d="${side}" fill="${fill}" stroke="${line}"/>`,
    `<ellipse cx="${x + rx}" cy="${y + ry}" rx="${rx}" ry="${ry}" fill="${fill}" stroke="${line}"/>`,
    text(x + rx, y + height / 2 + 8, name, { weight: "600", anchor: "middle", size: 12.5 }),
    text(x + rx, y + height / 2 + 24, note, { size: 11.5, colour: colours.faint, anchor: "middle" }),
  ].join("\n");
}

/** A straight line, with an arrow's head at its end where that is wanted. */
export function line(x1: number, y1: number, x2: number, y2: number, colour: string, arrow = false): string {
  const head = arrow ? ` marker-end="url(#head)"` : "";
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${colour}" stroke-width="1.5"${head}/>`;
}

/** The whole picture. */
export function svg(width: number, height: number, title: string, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif" role="img">
<title>${escaped(title)}</title>
<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="${colours.service.line}"/></marker></defs>
<rect width="${width}" height="${height}" rx="12" fill="#ffffff"/>
${parts.join("\n")}
</svg>
`;
}
