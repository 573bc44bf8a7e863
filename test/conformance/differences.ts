/**
 * Every difference between our OpenAPI text and EdgeX's files, with its reason. One that is not listed fails the
 * conformance test, and so does one that is listed and no longer there.
 */
export interface Known {
  /** As test/conformance/compare.ts words it; several that have one reason stand together. */
  readonly what: readonly string[];
  /** EdgeX's file → its operations; "*" for every one that differs so. */
  readonly where: Readonly<Record<string, "*" | readonly string[]>>;
  readonly reason: string;
}

const SECRET = ["POST /secret"];
const GO = "What the Go code does; EdgeX's file differs from it";

export const known: readonly Known[] = [
  {
    what: ["answer field jxVersion is there only here"],
    where: {
      "core-keeper": ["GET /version"],
      "core-metadata": ["GET /version"],
      "core-data": ["GET /version"],
      "core-command": ["GET /version"],
      "device-sdk": ["GET /version"],
    },
    reason: "Our own version, beside the EdgeX version that peers check.",
  },
  {
    what: ["answer field sdk_version is there only here"],
    where: {
      "core-keeper": ["GET /version"],
      "core-metadata": ["GET /version"],
      "core-data": ["GET /version"],
      "core-command": ["GET /version"],
    },
    reason: "One description of /version serves all; only device services send the field, as in EdgeX.",
  },
  {
    what: ["answer field message is not there"],
    where: { "core-keeper": "*", "core-metadata": ["GET /device/check/name/{}"], "device-sdk": "*" },
    reason: "Described as a part of every base answer; a success has no message.",
  },
  {
    what: ["the operation is ours alone"],
    where: { "core-keeper": ["POST /secret"] },
    reason: `${GO}: every service has it, and keeper's answers 405.`,
  },
  {
    what: ["error status 405 is there only here"],
    where: { "core-metadata": SECRET, "core-data": SECRET, "core-command": SECRET, "device-sdk": SECRET },
    reason: `${GO}: without keeper there is nowhere to put a secret.`,
  },
  {
    what: ["error status 502 is there only here"],
    where: { "core-metadata": SECRET, "core-data": SECRET, "core-command": SECRET, "device-sdk": SECRET },
    reason: `${GO}: keeper may refuse, or not answer.`,
  },
  {
    what: ["error status 413 is there only here"],
    where: { "core-metadata": SECRET, "core-data": SECRET, "core-command": SECRET, "device-sdk": SECRET },
    reason: "Our own bound: a secret has at most 100 values.",
  },

  // core-keeper
  {
    what: [
      "answer field keys is not there",
      "answer field keyValues is not there",
      "answer field response is there only here",
      "answer field requestId is there only here",
    ],
    where: { "core-keeper": ["GET /kvs/key/{}", "PUT /kvs/key/{}", "DELETE /kvs/key/{}"] },
    reason: `${GO}: keys and values stand in \`response\`; the frame is that of every answer.`,
  },
  {
    what: ["answer field requestId is there only here"],
    where: { "core-keeper": ["GET /registry/all", "GET /registry/serviceId/{}"] },
    reason: "The frame is that of every answer; without a requestId in the request the field is left out.",
  },
  {
    what: [
      "answer field apiVersion is there only here",
      "answer field requestId is there only here",
      "answer field serviceName is there only here",
      "answer field statusCode is there only here",
    ],
    where: { "core-keeper": ["POST /registry"] },
    reason: `${GO}: it answers with the frame and the name of the service, the file with nothing.`,
  },
  {
    what: [
      "request field registration.HealthCheck is required only here",
      "request field registration.HealthCheck.interval is required only here",
      "request field registration.HealthCheck.path is required only here",
      "request field registration.HealthCheck.type is required only here",
      "request field registration.healthCheck is not required",
      "request field registration.healthCheck.type is not required",
      "request field registration.host is required only here",
    ],
    where: { "core-keeper": ["POST /registry", "PUT /registry"] },
    reason: `${GO}: it writes \`HealthCheck\`, reads any letter case, and requires host, interval, path and type.`,
  },
  {
    what: ["error status 400 is there only here"],
    where: { "core-keeper": ["DELETE /kvs/key/{}", "GET /registry/all"] },
    reason: `${GO}: a bad character in a key and a bad boolean in the query are refused.`,
  },

  // core-metadata
  {
    what: ["query bypassValidation is string, not boolean", "query force is string, not boolean"],
    where: { "core-metadata": ["POST /device", "PATCH /device"] },
    reason: `${GO}: anything but exactly \`true\` counts as false and is no error.`,
  },
  {
    what: ["query labels is array, not string"],
    where: {
      "core-metadata": [
        "GET /device/all",
        "GET /deviceprofile/all",
        "GET /deviceprofile/basicinfo/all",
        "GET /deviceservice/all",
        "GET /provisionwatcher/all",
      ],
    },
    reason: "The same text on the wire, `a,b`; described as the list that it is.",
  },
  {
    what: [
      "request field [].device.autoEvents[].interval is not required",
      "request field [].device.autoEvents[].resource is not required",
      "request field [].device.autoEvents[].sourceName is required only here",
    ],
    where: { "core-metadata": ["POST /device", "PATCH /device"] },
    reason: `${GO}: the field is called \`sourceName\`; in a change, which may be partial, the schema requires nothing and the check of each auto event does.`,
  },
  {
    what: [
      "request field [].profile.deviceResources[].properties is required only here",
      "request field [].profile.name is required only here",
    ],
    where: { "core-metadata": ["POST /deviceprofile", "PUT /deviceprofile"] },
    reason: `${GO}: a resource without valueType and readWrite, and a profile without name, are refused.`,
  },
  {
    what: [
      "request field [].apiVersion is required only here",
      "request field [].service is required only here",
      "request field apiVersion is not required",
      "request field service is not required",
    ],
    where: { "core-metadata": ["PATCH /deviceservice"] },
    reason: `${GO}: the body is a list, as for every bulk request.`,
  },
  {
    what: [
      "request field [].provisionWatcher is required only here",
      "request field [].provisionWatcher.adminState is required only here",
      "request field [].provisionWatcher.discoveredDevice is required only here",
      "request field [].provisionWatcher.discoveredDevice.adminState is required only here",
      "request field [].provisionWatcher.discoveredDevice.autoEvents[].interval is required only here",
      "request field [].provisionWatcher.discoveredDevice.autoEvents[].sourceName is required only here",
      "request field [].provisionWatcher.identifiers is required only here",
      "request field [].provisionWatcher.name is required only here",
      "request field [].provisionWatcher.serviceName is required only here",
      "request field [].provisionwatcher is not required",
      "request field [].provisionwatcher.discoveredDevice is not required",
      "request field [].provisionwatcher.discoveredDevice.adminState is not required",
      "request field [].provisionwatcher.discoveredDevice.autoEvents[].interval is not required",
      "request field [].provisionwatcher.discoveredDevice.autoEvents[].resource is not required",
      "request field [].provisionwatcher.discoveredDevice.serviceName is not required",
      "request field [].provisionwatcher.identifiers is not required",
      "request field [].provisionwatcher.name is not required",
    ],
    where: { "core-metadata": ["POST /provisionwatcher"] },
    reason: `${GO}: it writes \`provisionWatcher\` and reads any letter case; the service stands in the watcher, and an auto event names a source.`,
  },
  {
    what: [
      "request field [].apiVersion is required only here",
      "request field [].provisionWatcher is required only here",
      "request field apiVersion is not required",
      "request field provisionwatcher is not required",
      "request field provisionwatcher.discoveredDevice.autoEvents[].interval is not required",
      "request field provisionwatcher.discoveredDevice.autoEvents[].resource is not required",
    ],
    where: { "core-metadata": ["PATCH /provisionwatcher"] },
    reason: `${GO}: the body is a list, as for every bulk request.`,
  },
  {
    what: ["error status 400 is not there"],
    where: {
      "core-metadata": [
        "GET /device/name/{}",
        "GET /device/check/name/{}",
        "GET /deviceprofile/name/{}",
        "GET /deviceresource/profile/{}/resource/{}",
        "GET /deviceservice/name/{}",
        "GET /provisionwatcher/name/{}",
      ],
    },
    reason: "Any text is a name to look for; what is not there is 404.",
  },

  {
    what: ["request field file is required only here"],
    where: { "core-metadata": ["POST /deviceprofile/uploadfile", "PUT /deviceprofile/uploadfile"] },
    reason: `${GO}: a form without a file is refused.`,
  },
  {
    what: ["error status 413 is there only here"],
    where: { "core-metadata": ["POST /deviceprofile/uploadfile", "PUT /deviceprofile/uploadfile"] },
    reason: "A file of more than 1 MiB is refused: it would be parsed for seconds.",
  },
  {
    what: ["answer field id is not there"],
    where: { "core-metadata": ["PUT /deviceprofile/uploadfile"] },
    reason: `${GO}: only what is added tells its id.`,
  },
  {
    what: ["error status 404 is there only here"],
    where: { "core-metadata": ["PUT /deviceprofile/uploadfile", "PATCH /deviceprofile/name/{}/tags"] },
    reason: `${GO}: a profile that is not there cannot be changed.`,
  },
  {
    what: ["request field [].basicinfo is required only here", "request field [].profileName is not required"],
    where: { "core-metadata": ["PATCH /deviceprofile/basicinfo"] },
    reason: `${GO}: the profile's name stands in \`basicinfo\`, which must be there.`,
  },
  {
    what: ["request field [].resource.properties is required only here"],
    where: { "core-metadata": ["POST /deviceprofile/resource"] },
    reason: `${GO}: a resource without valueType and readWrite is refused.`,
  },

  // core-data
  {
    what: [
      "path parameter serviceName is called service",
      "path parameter profileName is called profile",
      "path parameter deviceName is called device",
      "path parameter deviceName is called name",
      "path parameter sourceName is called source",
      "path parameter resourceName is called resource",
    ],
    where: { "core-data": "*" },
    reason: "Names inside the text only; the path on the wire is the same.",
  },
  {
    what: ["answer field aggregateFunc is there only here"],
    where: { "core-data": "*" },
    reason: `${GO}: an answer to \`aggregateFunc\` says the function; the file's schema does not have the field, its examples do.`,
  },
  {
    what: ["query numeric is boolean, not string"],
    where: { "core-data": "*" },
    reason: `${GO}: Go's words for true and false.`,
  },
  {
    what: [
      "request field event.apiVersion is required only here",
      "request field event.readings[].deviceName is required only here",
      "request field event.readings[].origin is required only here",
    ],
    where: { "core-data": ["POST /event/{}/{}/{}/{}"] },
    reason: `${GO}: an event without them is refused.`,
  },
  {
    what: ["error status 409 is not there"],
    where: { "core-data": ["POST /event/{}/{}/{}/{}"] },
    reason: `${GO}: event ids are not checked for uniqueness, in EdgeX neither.`,
  },
  {
    what: ["error status 413 is there only here"],
    where: { "core-data": ["POST /event/{}/{}/{}/{}"] },
    reason: `${GO}: an event beyond MaxEventSize is refused.`,
  },
  {
    what: ["error status 413 is there only here"],
    where: {
      "core-data": [
        "GET /event/all",
        "GET /event/device/name/{}",
        "GET /event/start/{}/end/{}",
        "GET /reading/all",
        "GET /reading/device/name/{}",
        "GET /reading/device/name/{}/start/{}/end/{}",
        "GET /reading/resourceName/{}",
        "GET /reading/start/{}/end/{}",
        "GET /reading/resourceName/{}/start/{}/end/{}",
        "GET /reading/device/name/{}/resourceName/{}",
        "GET /reading/device/name/{}/resourceName/{}/start/{}/end/{}",
      ],
    },
    reason:
      "A page of more than 64 MiB, or an aggregate over more than 10 million readings, is refused and says how to ask for less.",
  },
  {
    what: ["error status 400 is there only here"],
    where: {
      "core-data": [
        "GET /event/id/{}",
        "DELETE /event/id/{}",
        "GET /event/device/name/{}",
        "DELETE /event/device/name/{}",
      ],
    },
    reason: `${GO}: an id that is no UUID, a bad page and a blank name are refused.`,
  },
  {
    what: ["error status 404 is not there"],
    where: {
      "core-data": [
        "GET /event/count/device/name/{}",
        "GET /event/device/name/{}",
        "GET /reading/count/device/name/{}",
      ],
    },
    reason: `${GO}: an unknown device has no events, which is no error.`,
  },

  // core-command and device services
  {
    what: ["query ds-regexcmd is there only here"],
    where: { "core-command": ["GET /device/name/{}/{}"] },
    reason: `${GO}: the query goes on to the device service, which knows it.`,
  },
  {
    what: ["query jsonObject is not there"],
    where: { "core-command": ["GET /device/name/{}/{}"], "device-sdk": ["GET /device/name/{}/{}"] },
    reason: "For drivers of 1.x that put a JSON text into the query; no driver of 4.x reads it.",
  },
  {
    what: ["error status 405 is there only here"],
    where: { "core-command": ["GET /device/name/{}/{}", "PUT /device/name/{}/{}"] },
    reason: `${GO}: the device service's 405 for a write-only or read-only resource is passed on.`,
  },
  {
    what: ["error status 503 is there only here"],
    where: { "core-command": ["GET /device/all", "GET /device/name/{}"], "device-sdk": "*" },
    reason: `${GO}: core metadata, or the device, may not answer.`,
  },
  {
    what: ["error status 400 is there only here"],
    where: { "device-sdk": ["GET /device/name/{}/{}", "PUT /device/name/{}/{}"] },
    reason: `${GO}: bad ds-* words and values that do not fit the resource are refused.`,
  },
  {
    what: ["error status 501 is there only here"],
    where: { "device-sdk": ["POST /discovery"] },
    reason: "A driver that cannot discover says so at once; in EdgeX the 202 is followed by a failure on the bus.",
  },
];
