import type { Drill } from "../drill.ts";
import { createTestNode, expectTestNode, testData } from "../znode.ts";

/** Row 4: data written through one server is read through the others. */
export const sanity: Drill = {
  row: 4,
  name: "sanity",
  section: "Sanity testing the ensemble",
  promise: "data written through one server is read through another",
  disruptive: false,
  deadline: 120,
  run: async (context) => {
    const [first = "", ...others] = context.ensemble.pods;
    const path = await createTestNode(context);
    for (const pod of others) {
      await expectTestNode(context, pod, path);
    }
    context.seen(
      `"${testData}", written to ${path} through ${first}, was read through ${others.join(" and ")}.`,
    );
  },
};
