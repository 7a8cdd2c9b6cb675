/**
 * The object that the SDK's proxy around a resource's properties is about: the same one for all policies of a request.
 * Properties that come without a proxy are that object themselves.
 *
 * @see `proxyHelper` in `@pulumi/policy/proxy.js`
 */
export function targetOf(props: object): object {
  const target: unknown =
    Reflect.get(props, "__isSpecialProxy") === true ? Reflect.get(props, "__getSpecialProxyTarget") : props;
  return typeof target === "object" && target !== null ? target : props;
}
