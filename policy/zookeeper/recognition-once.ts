import type { Workload } from "../kubernetes/workload.ts";
import { onceEach } from "../reading/once.ts";
import type { Values } from "../settings.ts";
import { recognise as recogniseAnew, type Recognition, type recognitionSettings } from "./recognition.ts";

const byLabel = onceEach((workload: Workload, serverLabel) => recogniseAnew(workload, { serverLabel }));

/** As the function of this name in `recognition.ts`, found out once for all policies. */
export function recognise(
  workload: Workload,
  { serverLabel }: Values<typeof recognitionSettings>,
): Recognition {
  return byLabel(workload, serverLabel);
}
