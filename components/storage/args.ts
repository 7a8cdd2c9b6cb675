import { defaultsOf, type ValuesOf } from "../settings/kit.ts";
import { storageSettings } from "../settings/storage.ts";

export type { ZooKeeperStorageClassArgs } from "../settings/args.ts";

/** The defaults of arguments; that of the name comes from the component. */
export const storageDefaults = defaultsOf(storageSettings);

/** A class's settings, with all defaults. */
export type StorageValues = ValuesOf<typeof storageSettings>;
