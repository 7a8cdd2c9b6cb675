// What the page notes in the document about itself, for those that look at it from outside: tests and screenshots.

const { dataset } = document.documentElement;
const points = new Map<number, number>();
const errors: string[] = [];

/** Notes how many points a panel has drawn; a panel without a plot counts as none. */
export function recordPlot(panel: number, drawn: number | undefined): void {
  if (drawn === undefined) {
    points.delete(panel);
  } else {
    points.set(panel, drawn);
  }
  dataset["plots"] = String(points.size);
  dataset["points"] = String([...points.values()].reduce((sum, each) => sum + each, 0));
}

/** Notes that everything was asked for, and shown. */
export function recordRefresh(): void {
  dataset["refreshes"] = String(Number(dataset["refreshes"] ?? 0) + 1);
  // Of what is in it: the document itself is never lower than the window.
  dataset["height"] = String(Math.ceil(document.body.getBoundingClientRect().height));
}

/** Notes an error of a script, which nothing else would show. */
export function recordError(message: string): void {
  errors.push(message);
  dataset["errors"] = errors.join("\n");
}

window.addEventListener("error", ({ message }) => {
  recordError(message);
});
window.addEventListener("unhandledrejection", ({ reason }) => {
  recordError(String(reason));
});
document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
  recordError(`${violatedDirective} rejects ${blockedURI}`);
});
