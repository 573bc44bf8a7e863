const plain = { Mode: "", OpenZitiController: "openziti:1280" };
const coreMetadata = { Protocol: "http", Host: "localhost", Port: 59881, SecurityOptions: plain };

/**
 * What all EdgeX services share, with EdgeX 4.x's names and defaults (edgex-configuration.md §1; edgex-go
 * cmd/core-common-config-bootstrapper/res/configuration.yaml). 96 keys when flat; an empty list or map makes none.
 */
export const COMMON_DEFAULTS = {
  "all-services": {
    Writable: {
      InsecureSecrets: { DB: { SecretName: "postgres", SecretData: { username: "postgres", password: "postgres" } } },
      Telemetry: {
        Interval: "30s",
        Metrics: {
          SecuritySecretsRequested: false,
          SecuritySecretsStored: false,
          SecurityRuntimeSecretTokenDuration: false,
          SecurityGetSecretDuration: false,
        },
      },
    },
    Service: {
      HealthCheckInterval: "10s",
      ServerBindAddr: "",
      MaxResultCount: 1024,
      MaxRequestSize: 0,
      RequestTimeout: "5s",
      EnableNameFieldEscape: false,
      SecurityOptions: plain,
      CORSConfiguration: {
        EnableCORS: false,
        CORSAllowCredentials: false,
        CORSAllowedOrigin: "https://localhost",
        CORSAllowedMethods: "GET, POST, PUT, PATCH, DELETE",
        CORSAllowedHeaders: "Authorization, Accept, Accept-Language, Content-Language, Content-Type, X-Correlation-ID",
        CORSExposeHeaders:
          "Cache-Control, Content-Language, Content-Length, Content-Type, Expires, Last-Modified, Pragma, X-Correlation-ID",
        CORSMaxAge: 3600,
      },
    },
    Registry: { Host: "localhost", Port: 59890, Type: "keeper" },
    Database: {
      Host: "localhost",
      Port: 5432,
      Timeout: "5s",
      Type: "postgres",
      MaxConns: 4,
      MaxConnIdleTime: "30m",
      MaxConnLifetime: "1h",
    },
    MessageBus: {
      Protocol: "mqtt",
      Host: "localhost",
      Port: 1883,
      Type: "mqtt",
      AuthMode: "none",
      SecretName: "mqtt-bus",
      BaseTopicPrefix: "edgex",
      Optional: {
        Qos: 0,
        KeepAlive: 10,
        Retained: false,
        AutoReconnect: true,
        ConnectTimeout: 5,
        SkipCertVerify: false,
        Format: "nats",
        RetryOnFailedConnect: true,
        QueueGroup: "",
        Durable: "",
        AutoProvision: true,
        Deliver: "new",
        DefaultPubRetryAttempts: 2,
        Subject: "edgex/#",
      },
    },
    Clients: { "security-proxy-auth": { Protocol: "http", Host: "localhost", Port: 59842 } },
  },
  "app-services": {
    Writable: {
      StoreAndForward: { Enabled: false, RetryInterval: "5m", MaxRetryCount: 10 },
      Telemetry: {
        Metrics: {
          MessagesReceived: false,
          InvalidMessagesReceived: false,
          PipelineMessagesProcessed: false,
          PipelineMessageProcessingTime: false,
          PipelineProcessingErrors: false,
          HttpExportSize: false,
          HttpExportErrors: false,
          MqttExportSize: false,
          MqttExportErrors: false,
          StoreForwardQueueSize: false,
        },
      },
    },
    Clients: { "core-metadata": coreMetadata },
    Trigger: { Type: "edgex-messagebus", SubscribeTopics: "events/#" },
  },
  "device-services": {
    MaxEventSize: 0,
    Writable: {
      Reading: { ReadingUnits: true },
      Telemetry: { Metrics: { EventsSent: false, ReadingsSent: false, LastConnected: false } },
    },
    Clients: { "core-metadata": coreMetadata },
    Device: {
      DataTransform: true,
      MaxCmdOps: 12800,
      ProfilesDir: "./res/profiles",
      DevicesDir: "./res/devices",
      EnableAsyncReadings: true,
      AsyncBufferSize: 16,
      Discovery: { Enabled: false, Interval: "0s" },
      AutoEvents: { SendChangedReadingsOnly: false },
    },
  },
} as const;
