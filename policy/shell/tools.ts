/** Commands of shells and of every system that start no other program. */
const harmless: ReadonlySet<string> = new Set(
  [
    // Built into shells.
    ": [ test true false echo printf read cd pwd pushd popd exit return break continue shift set",
    "shopt unset export local declare typeset readonly let getopts hash type umask ulimit wait kill",
    "jobs fg bg disown times mapfile readarray",
    // Files and texts.
    "cat tac head tail tee cut tr sort uniq wc grep egrep fgrep sed awk gawk mawk paste nl od xxd",
    "hexdump strings diff cmp comm jq yq expr bc seq yes ls cp mv rm rmdir mkdir mktemp touch ln",
    "chmod chown chgrp install stat du df sync dd truncate basename dirname realpath readlink pathchk",
    "tar gzip gunzip zcat bzip2 xz zip unzip base64 md5sum sha1sum sha256sum sha512sum cksum envsubst",
    "fold fmt column shuf split",
    // The system.
    "sleep usleep date hostname uname id whoami groups who nproc arch tty stty printenv which ps",
    "pgrep pkill killall pidof free uptime top vmstat logger clear reset mkfifo lsof ulimit getent",
    "pause crond cron sshd less more apk apt apt-get dnf microdnf yum",
    // The network and services in it.
    "nc ncat netcat telnet curl wget dig nslookup host ping traceroute ip ifconfig netstat ss openssl",
    "kubectl gcloud gsutil aws az s3cmd mc rclone",
  ].flatMap((words) => words.split(" ")),
);

/** Arguments by which some of them do start another program. */
const starting: ReadonlyMap<string, RegExp> = new Map([
  ...["nc", "ncat", "netcat"].map((name): [string, RegExp] => [name, /^-[A-Za-z]*[ce]|^--(?:sh-|lua-)?exec/]),
  ...["awk", "gawk", "mawk"].map((name): [string, RegExp] => [name, /system|getline|\||^-f/]),
  ["sed", /^-[A-Za-z]*f|^--file|(?:^|[;{}/\d$ \n])e(?:[; \n]|$)|\/[gpiIm\d]*e[gpiIm\d]*$/],
  [
    "tar",
    /^-I|^--(?:checkpoint-action|to-command|use-compress-program|info-script|new-volume-script|rsh-command)/,
  ],
  ["sort", /^--compress-program/],
  ["split", /^--filter/],
]);

/** Where systems keep their commands. */
const folders: ReadonlySet<string> = new Set([
  ...["", "/", "/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/", "/usr/local/bin/", "/usr/local/sbin/"],
  "/busybox/",
]);

/** Whether the command starts no other program, and is not a script with the name of such a command. */
export function isHarmless(path: string, given: readonly string[]): boolean {
  const slash = path.lastIndexOf("/") + 1;
  const name = path.slice(slash);
  const pattern = starting.get(name);
  return (
    harmless.has(name) &&
    folders.has(path.slice(0, slash)) &&
    (pattern === undefined || !given.some((word) => pattern.test(word)))
  );
}
