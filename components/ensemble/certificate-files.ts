import type * as inputs from "@pulumi/kubernetes/types/input.js";

/** The keys of a Secret with a key and certificates, as cert-manager and `kubectl create secret` write them. */
export const secretKeys = ["tls.crt", "tls.key", "ca.crt"] as const;

/** The volumes, paths and variables for one key and its certificates. */
export interface CertificateFiles {
  /** The pod's volume with the Secret. */
  readonly secretVolume: string;
  /** Where that is mounted. */
  readonly secretPath: string;
  /** The variable that tells zookeeper-certificates. */
  readonly secretVariable: string;
  /** The pod's volume with the files that the server reads. */
  readonly filesVolume: string;
  /** Where that is mounted. */
  readonly filesPath: string;
  /** The variable that tells zookeeper-certificates. */
  readonly filesVariable: string;
}

/** What a pod has for a key with its certificates. */
export interface CertificateParts {
  readonly env: inputs.core.v1.EnvVar[];
  readonly mounts: inputs.core.v1.VolumeMount[];
  readonly volumes: inputs.core.v1.Volume[];
}

/** The parts of a pod that needs no certificates. */
export const noParts: CertificateParts = { env: [], mounts: [], volumes: [] };

/** The parts of a pod whose server gets its certificates from a Secret. */
export function certificateParts(files: CertificateFiles, secretName: string): CertificateParts {
  return {
    env: [
      { name: files.secretVariable, value: files.secretPath },
      { name: files.filesVariable, value: files.filesPath },
    ],
    mounts: [
      { name: files.secretVolume, mountPath: files.secretPath, readOnly: true },
      { name: files.filesVolume, mountPath: files.filesPath },
    ],
    volumes: [
      {
        name: files.secretVolume,
        secret: {
          secretName,
          items: secretKeys.map((key) => ({ key, path: key })),
          // For the pod's group, which is the server's.
          defaultMode: 0o440,
        },
      },
      // The key is never written to a disk.
      { name: files.filesVolume, emptyDir: { medium: "Memory", sizeLimit: "1Mi" } },
    ],
  };
}

/** The lines of zoo.cfg that name the files. @param prefix `ssl` for the client port, or `ssl.quorum` */
export function storeLines(prefix: string, { filesPath }: CertificateFiles): readonly string[] {
  return [
    `${prefix}.keyStore.location=${filesPath}/server.pem`,
    `${prefix}.keyStore.type=PEM`,
    `${prefix}.trustStore.location=${filesPath}/trust.pem`,
    `${prefix}.trustStore.type=PEM`,
  ];
}
