import type { SystemOverview, SystemService } from "@jx/contracts";
import { useSpeech } from "../i18n/language.tsx";
import type { TextKey } from "../i18n/text.ts";
import { formatAge } from "../model/format.ts";
import { Card, Tag, type Tone } from "./card.tsx";
import { useEdgeNow } from "./live.tsx";

const STATES: Readonly<Record<SystemService["status"], { readonly word: TextKey; readonly tone: Tone }>> = {
  UP: { word: "serviceUp", tone: "good" },
  DOWN: { word: "serviceDown", tone: "bad" },
  UNKNOWN: { word: "serviceUnknown", tone: "warn" },
  HALT: { word: "serviceHalt", tone: "quiet" },
};

export function ServicesCard({ overview }: { readonly overview: SystemOverview }) {
  const { t } = useSpeech();
  const { services, registryProblem } = overview;
  const up = services.filter(({ status, storeAway }) => status === "UP" && storeAway !== true).length;
  return (
    <Card
      title={t("services")}
      extra={<span className="muted">{t("servicesUp", { up, all: services.length })}</span>}
      className="services"
    >
      {registryProblem === undefined ? null : (
        <p className="device-error" role="alert">
          {t("registryFailed")}: {registryProblem}
        </p>
      )}
      <table>
        <thead>
          <tr>
            <th scope="col">{t("serviceName")}</th>
            <th scope="col">{t("serviceState")}</th>
            <th scope="col">{t("version")}</th>
            <th scope="col">{t("address")}</th>
            <th scope="col">{t("lastCheck")}</th>
          </tr>
        </thead>
        <tbody>
          {services.map((service) => (
            <ServiceRow key={service.serviceId} service={service} />
          ))}
        </tbody>
      </table>
    </Card>
  );
}

function ServiceRow({ service }: { readonly service: SystemService }) {
  const { t, language } = useSpeech();
  const now = useEdgeNow();
  const { serviceId, here, address, status, checkedAt, version, jxVersion, problem, storeAway, countsProblem } =
    service;
  const { word, tone } = STATES[status];
  return (
    <tr>
      <th scope="row">
        {serviceId}
        <span className="resource-id"> {here ? t("here") : t("elsewhere")}</span>
      </th>
      <td className="service-state">
        {storeAway === true ? <Tag tone="bad">{t("storeAway")}</Tag> : <Tag tone={tone}>{t(word)}</Tag>}
      </td>
      <td className="service-version">
        {version === undefined ? (problem ?? t("noValue")) : `EdgeX ${version}`}
        {jxVersion === undefined ? null : <span className="muted"> · JX {jxVersion}</span>}
        {countsProblem === undefined ? null : (
          <div className="muted">
            {t("countsUnknown")}: {countsProblem}
          </div>
        )}
      </td>
      <td className="service-address">{address}</td>
      <td className="service-check">
        {checkedAt === undefined ? t("noValue") : t("ago", { age: formatAge(now - checkedAt, language) })}
      </td>
    </tr>
  );
}
