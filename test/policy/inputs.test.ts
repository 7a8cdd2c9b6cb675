import { disruptionBudget } from "../../policy/rules/disruption-budget.ts";
import { images } from "../../policy/rules/images.ts";
import { storageClass as storageClassPolicy } from "../../policy/rules/storage-class.ts";
import { statefulSet, storageClass } from "../fixtures/policy/ensemble.ts";
import { changed, validate } from "../fixtures/policy/harness.ts";
import { expectVerdict } from "./table.ts";

describe("a stack in which the engine shows nothing of what came of a resource", () => {
  const immediate = changed(storageClass, ["volumeBindingMode"], "Immediate");
  const bare = { ...storageClass, name: "bare", props: {} };

  it("is validated by what went into it, the latest that was shown", () => {
    for (const inputs of [storageClass, immediate]) {
      validate(images, [inputs]);
      const fault = inputs === immediate ? /volumeBindingMode = "Immediate"/ : "nothing";
      expectVerdict(storageClassPolicy, [{ ...inputs, props: {} }], fault);
    }
    validate(images, [statefulSet]);
    expectVerdict(disruptionBudget, [{ ...statefulSet, props: {} }], /covered by no PodDisruptionBudget/);
  });

  it("is open where nothing went before", () => {
    expectVerdict(storageClassPolicy, [bare], "open");
  });

  it("is validated by what came of it where that is shown", () => {
    validate(images, [immediate]);
    expectVerdict(storageClassPolicy, [storageClass], "nothing");
  });
});
