import { createRequire } from "node:module";

import {
  Server,
  ServerCredentials,
  type handleUnaryCall,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import engineServices from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineMessages from "@pulumi/pulumi/proto/engine_pb.js";
import resourceServices from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import resourceMessages from "@pulumi/pulumi/proto/resource_pb.js";

/** Pulumi's own program that runs another. */
const launcher = createRequire(import.meta.url).resolve("@pulumi/pulumi/cmd/run");

/**
 * The arguments with which the language host has Node run a program.
 * @param tracing where spans are sent, a URL of a Zipkin collector; none where it is left out
 */
export function previewArguments(
  { address }: Pick<StubEngine, "address">,
  {
    project,
    folder,
    program,
    tracing,
  }: Readonly<Record<"project" | "folder" | "program", string> & { tracing?: string }>,
): string[] {
  const flags = {
    organization: "organization",
    project,
    stack: "dev",
    pwd: folder,
    monitor: address,
    engine: address,
    ...(tracing === undefined ? {} : { tracing }),
  };
  const named = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
  return [launcher, ...named, "--dry-run", program];
}

/** An engine that answers at once, as in a preview: what a program takes beside it is the program's own. */
export interface StubEngine {
  /** Where it listens. */
  readonly address: string;
  /** How many resources were registered so far. */
  readonly registrations: () => number;
  readonly stop: () => void;
}

/** A handler that answers with the result of `answer`. */
function handler<Request, Response>(
  answer: (request: Request) => Response,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    callback(null, answer(call.request));
  };
}

/** Starts an engine that previews. */
export async function startStubEngine(): Promise<StubEngine> {
  let registrations = 0;
  let root = "";
  const monitor: UntypedServiceImplementation = {
    supportsFeature: handler(() => {
      const response = new resourceMessages.SupportsFeatureResponse();
      response.setHassupport(true);
      return response;
    }),
    registerResource: handler((request: resourceMessages.RegisterResourceRequest) => {
      registrations += 1;
      const response = new resourceMessages.RegisterResourceResponse();
      response.setUrn(`urn:pulumi:dev::bench::${request.getType()}::${request.getName()}`);
      response.setObject(request.getObject());
      return response;
    }),
    registerResourceOutputs: handler(() => new empty.Empty()),
    // The engine has no outputs of a stack without an update.
    invoke: handler(() => new resourceMessages.ResourceInvokeResponse()),
    signalAndWaitForShutdown: handler(() => new empty.Empty()),
  };
  const engine: UntypedServiceImplementation = {
    log: handler((request: engineMessages.LogRequest) => {
      if (request.getSeverity() === engineMessages.LogSeverity.ERROR) {
        process.stderr.write(`${request.getMessage()}\n`);
      }
      return new empty.Empty();
    }),
    setRootResource: handler((request: engineMessages.SetRootResourceRequest) => {
      root = request.getUrn();
      return new engineMessages.SetRootResourceResponse();
    }),
    getRootResource: handler(() => {
      const response = new engineMessages.GetRootResourceResponse();
      response.setUrn(root);
      return response;
    }),
    requirePulumiVersion: handler(() => new engineMessages.RequirePulumiVersionResponse()),
  };
  const server = new Server();
  server.addService(resourceServices.ResourceMonitorService, monitor);
  server.addService(engineServices.EngineService, engine);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) {
        resolve(bound);
      } else {
        reject(error);
      }
    });
  });
  return {
    address: `127.0.0.1:${port}`,
    registrations: () => registrations,
    stop: () => {
      server.forceShutdown();
    },
  };
}
