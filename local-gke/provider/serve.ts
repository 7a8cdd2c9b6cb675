import { Server, ServerCredentials, status } from "@grpc/grpc-js";
import type { handleUnaryCall, UntypedServiceImplementation } from "@grpc/grpc-js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import pluginMessages from "@pulumi/pulumi/proto/plugin_pb.js";
import providerServices from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import type { CheckFailure } from "@pulumi/pulumi/provider/provider.js";

import type { LocalGkeProvider } from "./provider.ts";
import type { Properties } from "./values.ts";

/** A handler that responds with what `answer` returns for the request, or with the error that it throws. */
function handler<Request, Response>(
  answer: (request: Request) => Response | Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve(call.request)
      .then(answer)
      .then(
        (response) => {
          callback(null, response);
        },
        (error: unknown) => {
          const details = error instanceof Error ? error.message : String(error);
          callback({ code: status.UNKNOWN, details });
        },
      );
  };
}

const read = (sent: struct.Struct | undefined): Properties => sent?.toJavaScript() ?? {};

// What came as JSON is JSON still, and what is added to it is, too.
const written = (properties: unknown): struct.Struct =>
  struct.Struct.fromJavaScript((properties ?? {}) as ReturnType<struct.Struct["toJavaScript"]>);

const writtenFailures = (failures: readonly CheckFailure[] = []): messages.CheckFailure[] =>
  failures.map(({ property, reason }) => new messages.CheckFailure().setProperty(property).setReason(reason));

/** The calls of the engine that are answered; gRPC rejects all others as UNIMPLEMENTED. */
function handlers(provider: LocalGkeProvider): UntypedServiceImplementation {
  return {
    getPluginInfo: handler(() => new pluginMessages.PluginInfo().setVersion(provider.version)),
    getSchema: handler(() => new messages.GetSchemaResponse().setSchema("{}")),
    configure: handler((request: messages.ConfigureRequest) => {
      provider.configure(request.getVariablesMap().get("gcp:config:project"));
      return new messages.ConfigureResponse()
        .setSupportspreview(true)
        .setAcceptsecrets(true)
        .setAcceptresources(true)
        .setAcceptoutputs(true);
    }),
    check: handler(async (request: messages.CheckRequest) => {
      const [olds, news] = [read(request.getOlds()), read(request.getNews())];
      const checked = await provider.check(request.getUrn(), olds, news);
      return new messages.CheckResponse()
        .setInputs(written(checked.inputs))
        .setFailuresList(writtenFailures(checked.failures));
    }),
    diff: handler(async (request: messages.DiffRequest) => {
      const [olds, news] = [read(request.getOlds()), read(request.getNews())];
      const found = await provider.diff(request.getId(), request.getUrn(), olds, news);
      const { DIFF_SOME, DIFF_NONE } = messages.DiffResponse.DiffChanges;
      return new messages.DiffResponse()
        .setChanges(found.changes === true ? DIFF_SOME : DIFF_NONE)
        .setReplacesList(found.replaces ?? [])
        .setDeletebeforereplace(found.deleteBeforeReplace ?? false);
    }),
    create: handler(async (request: messages.CreateRequest) => {
      const inputs = read(request.getProperties());
      const created = await provider.create(request.getUrn(), inputs, request.getPreview());
      return new messages.CreateResponse().setId(created.id).setProperties(written(created.outs));
    }),
    read: handler(async (request: messages.ReadRequest) => {
      const found = await provider.read(request.getId(), request.getUrn(), read(request.getProperties()));
      // A response without an id means that it does not exist.
      return new messages.ReadResponse()
        .setId(found.id ?? "")
        .setProperties(written(found.props))
        .setInputs(found.inputs === undefined ? undefined : written(found.inputs));
    }),
    update: handler(async (request: messages.UpdateRequest) => {
      const [id, urn, preview] = [request.getId(), request.getUrn(), request.getPreview()];
      const [olds, news] = [read(request.getOlds()), read(request.getNews())];
      const updated = await provider.update(id, urn, olds, news, preview);
      return new messages.UpdateResponse().setProperties(written(updated.outs));
    }),
    delete: handler(async (request: messages.DeleteRequest) => {
      await provider.delete(request.getId(), request.getUrn(), read(request.getProperties()));
      return new empty.Empty();
    }),
    invoke: handler(async (request: messages.InvokeRequest) => {
      const answer = await provider.invoke(request.getTok(), read(request.getArgs()));
      return new messages.InvokeResponse()
        .setReturn(written(answer.outputs))
        .setFailuresList(writtenFailures(answer.failures));
    }),
    cancel: handler(() => new empty.Empty()),
  } satisfies Partial<IResourceProviderServer>;
}

/**
 * Serves the provider to the engine, as `main` of @pulumi/pulumi/provider does, which supports no preview: it
 * neither tells the engine that the provider does, nor the provider that it should.
 * @returns the port of 127.0.0.1, which the engine waits for on standard output
 */
export async function serve(provider: LocalGkeProvider): Promise<number> {
  const server = new Server();
  server.addService(providerServices.ResourceProviderService, handlers(provider));
  return await new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) {
        resolve(port);
      } else {
        reject(error);
      }
    });
  });
}
