import { expect } from "chai";

import { environmentDefault } from "../../components/settings/kit.ts";
import { allSettings, configSettings, rejections, tables } from "../../components/settings/tables.ts";
import { checkSettings } from "../../components/validation/settings.ts";
import { Report } from "../../components/validation/report.ts";

describe("the tables of settings", () => {
  it("give each setting a key of its own, a description, and a default that is valid", () => {
    const keys = configSettings.map(({ key }) => key);
    expect(new Set(keys).size).to.equal(keys.length);
    for (const { path, setting } of allSettings) {
      expect(setting.description, path).to.match(/^[A-Z].*[\w`]$/);
      const value = environmentDefault(setting);
      if (value === undefined) {
        continue;
      }
      expect(setting.is(value), path).to.equal(true);
      expect(setting.check(value), path).to.deep.equal([]);
    }
  });

  it("reject each kind of change once, under the path of a setting", () => {
    const paths = rejections.map(({ path }) => path);
    expect(new Set(paths).size).to.equal(paths.length);
    expect(allSettings.map(({ path }) => path)).to.include.members(rejections.flatMap((each) => each.paths));
  });

  it("name each line of zoo.cfg once", () => {
    const names = allSettings.flatMap(({ setting }) => setting.zooCfg ?? []);
    expect(new Set(names).size).to.equal(names.length);
  });

  it("reject values of any other type, and say what to use", () => {
    const others: readonly unknown[] = ["text", 7, true, ["text"], [7], null, {}, Symbol("x")];
    for (const { part, name, path, setting } of allSettings) {
      for (const value of others.filter((each) => !setting.is(each))) {
        const report = new Report();
        expect(checkSettings(tables[part], { [name]: value }, report), path).to.deep.equal({});
        expect(report.errors, path).to.have.length(1);
        expect(report.errors[0], path).to.deep.include({ path: name, reason: `must be ${setting.typeName}` });
        expect(report.errors[0]?.fix, path).to.match(new RegExp(`^use ${setting.typeName}`));
      }
    }
  });
});
