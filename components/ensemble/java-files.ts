/**
 * The logging configuration: everything on standard output, with the server's id in every line.
 * @see https://zookeeper.apache.org/doc/r3.9.5/zookeeperAdmin.html#sc_logging
 */
export function renderLogback(level: string): string {
  return `<configuration>
  <appender name="CONSOLE" class="ch.qos.logback.core.ConsoleAppender">
    <encoder>
      <pattern>%d{ISO8601} [myid:\${ZK_MYID:-}] - %-5p [%t:%C{1}@%L] - %m%n</pattern>
    </encoder>
  </appender>
  <root level="${level}">
    <appender-ref ref="CONSOLE" />
  </root>
</configuration>
`;
}

/**
 * How long Java caches DNS: an address for 5 seconds, and not at all that there is none. This adds to the node's DNS
 * cache, which on GKE keeps an address for up to 30 seconds, and for 5 that there is none. It is a file because Java's
 * own java.security sets the time of negative answers, which system properties then do not override.
 * @see https://docs.oracle.com/en/java/javase/17/core/java-networking.html
 */
export const javaSecurity = `networkaddress.cache.ttl=5
networkaddress.cache.negative.ttl=0
`;
