import type { AlertLine, DashboardHead, PanelData } from "../answers.ts";

/** An answer that says why there are no data. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

/** Milliseconds after which an answer no longer counts. */
const answersWithin = 30_000;

async function ask<T>(path: string): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, { signal: AbortSignal.timeout(answersWithin) });
  } catch (error) {
    throw new NoAnswer("npm run dashboard does not answer: it has ended, or is busy.", { cause: error });
  }
  const answer = (await response.json()) as T & { error?: string };
  if (!response.ok) {
    throw new NoAnswer(answer.error ?? `${path}: ${response.status}`);
  }
  return answer;
}

/** What to know before there are data. @throws NoAnswer */
export const askDashboard = async (): Promise<DashboardHead> => await ask("/api/dashboard");

/** The data of a panel. @throws NoAnswer */
export const askPanel = async (id: number, range: string): Promise<PanelData> =>
  await ask(`/api/panels/${id}?range=${encodeURIComponent(range)}`);

/** The alerts. @throws NoAnswer */
export const askAlerts = async (): Promise<AlertLine[]> => await ask("/api/alerts");
