import { credentials } from "@grpc/grpc-js";
import structs from "google-protobuf/google/protobuf/struct_pb.js";
import services from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/analyzer_pb.js";

import { environment, neighbours } from "../../test/fixtures/policy/ensemble.ts";
import type { Registered } from "../../test/fixtures/policy/harness.ts";
import type { Pack } from "./pack.ts";

/** A stack of so many resources: copies of an environment and its neighbours, each in a separate namespace. */
export function stackOf(size: number): readonly Registered[] {
  const copy = [...environment, ...neighbours];
  return Array.from({ length: size }, (_, i) => {
    const resource = copy[i % copy.length] ?? { type: "", name: "", props: {} };
    const group = Math.floor(i / copy.length);
    const text = JSON.stringify(resource.props).replaceAll('"default"', `"group-${group}"`);
    return { ...resource, name: `${resource.name}-${group}`, props: JSON.parse(text) as object };
  });
}

function unary<Request, Response>(
  call: (request: Request, callback: (error: Error | null, response: Response) => void) => unknown,
  request: Request,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    call(request, (error, response) => {
      if (error === null) {
        resolve(response);
      } else {
        reject(error);
      }
    });
  });
}

type Properties = Parameters<typeof structs.Struct.fromJavaScript>[0];
type Message = InstanceType<typeof messages.AnalyzeRequest> | InstanceType<typeof messages.AnalyzerResource>;

function filled<M extends Message>(message: M, { type, name, props }: Registered): M {
  message.setType(type);
  message.setUrn(`urn:pulumi:dev::bench::${type}::${name}`);
  message.setName(name);
  message.setProperties(structs.Struct.fromJavaScript(props as Properties));
  message.setOptions(new messages.AnalyzerResourceOptions());
  return message;
}

function clientOf(pack: Pack): InstanceType<typeof services.AnalyzerClient> {
  return new services.AnalyzerClient(`127.0.0.1:${pack.port}`, credentials.createInsecure(), {
    "grpc.max_receive_message_length": 2 ** 28,
    "grpc.max_send_message_length": 2 ** 28,
  });
}

/** The violations that a pack reports of one resource: each as the policy's name and its message. */
export async function violationsOf(pack: Pack, resource: Registered): Promise<readonly [string, string][]> {
  const client = clientOf(pack);
  const request = filled(new messages.AnalyzeRequest(), resource);
  const response = await unary<typeof request, InstanceType<typeof messages.AnalyzeResponse>>(
    client.analyze.bind(client),
    request,
  );
  client.close();
  return response.getDiagnosticsList().map((each) => [each.getPolicyname(), each.getMessage()]);
}

/**
 * Time to validate the stack, in ms: Remediate and Analyze for each resource, AnalyzeStack for all, as the engine does.
 */
export async function validateMs(pack: Pack, stack: readonly Registered[]): Promise<number> {
  const client = clientOf(pack);
  const single = stack.map((resource) => filled(new messages.AnalyzeRequest(), resource));
  const whole = new messages.AnalyzeStackRequest();
  whole.setResourcesList(stack.map((resource) => filled(new messages.AnalyzerResource(), resource)));
  const began = performance.now();
  for (const request of single) {
    await unary(client.remediate.bind(client), request);
    await unary(client.analyze.bind(client), request);
  }
  await unary(client.analyzeStack.bind(client), whole);
  const took = performance.now() - began;
  client.close();
  return took;
}
