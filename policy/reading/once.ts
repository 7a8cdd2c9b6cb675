/** The function with its results kept for as long as their keys are: what several policies ask is found out once. */
export function once<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const made = new WeakMap<K, { readonly value: V }>();
  return (key) => {
    const kept = made.get(key);
    if (kept !== undefined) {
      return kept.value;
    }
    const value = make(key);
    made.set(key, { value });
    return value;
  };
}

/** Like `once`, for a function that takes an object and a string. */
export function onceEach<K extends object, V>(
  make: (key: K, name: string) => V,
): (key: K, name: string) => V {
  const byKey = once<K, Map<string, { readonly value: V }>>(() => new Map());
  return (key, name) => {
    const made = byKey(key);
    const kept = made.get(name);
    if (kept !== undefined) {
      return kept.value;
    }
    const value = make(key, name);
    made.set(name, { value });
    return value;
  };
}
