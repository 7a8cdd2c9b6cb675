import { expect } from "chai";

import { isSchedule } from "../../components/backup/schedule.ts";

describe("a backup's schedule", () => {
  for (const schedule of [
    ...[
      "0 3 * * *",
      "*/15 0-6,22,23 1-7 jan-mar,DEC mon-fri",
      "59 23 31 12 6",
      "@daily",
      "@weekly",
      "0 0 ? * 0",
    ],
    ...["0/20 * * * *", "0  3 * * *"],
  ]) {
    it(`may be ${schedule}`, () => {
      expect(isSchedule(schedule)).to.equal(true);
    });
  }

  for (const schedule of [
    ...[
      "",
      "daily",
      "@reboot",
      "@every 1h",
      "* * * *",
      "* * * * * *",
      "60 * * * *",
      "* 24 * * *",
      "* * 0 * *",
    ],
    ...[
      "* * * 13 *",
      "* * * * 7",
      "5-1 * * * *",
      "*/0 * * * *",
      "1,,2 * * * *",
      "1-2-3 * * * *",
      "a * * * *",
    ],
    ...["TZ=UTC 0 3 * * *", " 0 3 * * *", "1/2/3 * * * *", "* * * monday *"],
  ]) {
    it(`may not be "${schedule}"`, () => {
      expect(isSchedule(schedule)).to.equal(false);
    });
  }
});
