/** The objects of deploy/kubernetes, with the parts of them that tests look at. */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseAllDocuments } from "yaml";
import { DEPLOY } from "../../support/compose.ts";

export const FOLDER: string = fileURLToPath(new URL("kubernetes/", DEPLOY));

export interface KubernetesObject {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

interface Probe {
  readonly httpGet?: { readonly path: string; readonly port: string };
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly env?: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: { readonly secretKeyRef: object };
  }[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly startupProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly resources: { readonly limits: { readonly memory: string }; readonly requests: { readonly cpu: string } };
  readonly securityContext: { readonly allowPrivilegeEscalation: boolean; readonly readOnlyRootFilesystem?: boolean };
  readonly volumeMounts: readonly { readonly name: string }[];
}

export interface PodSpec {
  readonly enableServiceLinks: boolean;
  readonly securityContext: { readonly runAsNonRoot: boolean; readonly runAsUser: number };
  readonly containers: readonly Container[];
  readonly volumes?: readonly {
    readonly name: string;
    readonly configMap?: { readonly name: string };
    readonly persistentVolumeClaim?: { readonly claimName: string };
  }[];
}

export interface Workload extends KubernetesObject {
  readonly spec: {
    readonly replicas: number;
    readonly strategy?: object;
    readonly selector: { readonly matchLabels: object };
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: PodSpec;
    };
    readonly volumeClaimTemplates?: readonly KubernetesObject[];
  };
}

export function manifests(): string[] {
  return globSync("*.yaml", { cwd: FOLDER })
    .sort()
    .map((file) => join(FOLDER, file));
}

export function objectsOf(): {
  readonly objects: readonly KubernetesObject[];
  /** Fails when there is none. */
  named(kind: string, name: string): KubernetesObject;
} {
  const objects = manifests().flatMap((file) =>
    parseAllDocuments(readFileSync(file, "utf8")).map((document) => {
      assert.deepEqual(document.errors, [], file);
      return document.toJS() as KubernetesObject;
    }),
  );
  return {
    objects,
    named: (kind, name) =>
      objects.find((each) => each.kind === kind && each.metadata.name === name) ?? assert.fail(`no ${kind} ${name}`),
  };
}

export function workloads(objects: readonly KubernetesObject[]): readonly Workload[] {
  return objects.filter((each): each is Workload => /^(Deployment|StatefulSet)$/.test(each.kind));
}

export function imageOf({ image }: Container): string {
  return image.split(":")[0] ?? image;
}
