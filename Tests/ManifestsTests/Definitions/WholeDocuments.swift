import Foundation
import Manifests
import TestCluster
import Transport

/// Documents without a mistake that say everything that can be said: `DefinitionTests` holds that no field of a
/// schema is missing here.
let wholeDocuments = """
    apiVersion: headgate.dev/v1alpha1
    kind: Rollout
    metadata: {name: canary, namespace: shop, labels: {team: shop}, annotations: {note: n}}
    spec:
      paused: false
      inFlight: queue
      drift: alarm
      preflight: enforce
      requireMTLS: strict
      rollbackWindow: {revisions: 3}
      progressDeadline: {duration: 10m, whenOverdue: hold}
      replicas: 3
      minReadySeconds: 5
      revisionHistoryLimit: 4
      restartAt: "2026-11-25T12:00:00Z"
      analysis: {successfulRunHistoryLimit: 3}
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec: {containers: [{name: app, image: "web:1.4", resources: {limits: {cpu: 100m}}}]}
      strategy:
        canary:
          stableService: web-stable
          canaryService: web-canary
          canaryMetadata: {labels: {role: canary}, annotations: {a: b}}
          stableMetadata: {labels: {role: stable}, annotations: {a: b}}
          activeMetadata: {labels: {role: stable}, annotations: {a: b}}
          previewMetadata: {labels: {role: stable}, annotations: {a: b}}
          antiAffinity: {preferredDuringSchedulingIgnoredDuringExecution: {weight: 50}}
          maxSurge: 25%
          maxUnavailable: 0
          minPodsPerReplicaSet: 1
          scaleDownDelayRevisionLimit: 2
          trafficRouting:
            managedRoutes: [{name: testers}, {name: warm-up}]
            istio:
              virtualServices:
              - name: web
                namespace: shop
                routes: [primary]
                tlsRoutes: [{port: 443, sniHosts: [web.example]}]
                tcpRoutes: [{port: 3306}]
                base: {http: [{name: primary}]}
              destinationRule:
                {name: web, namespace: shop, label: hash, stableSubsetName: stable, canarySubsetName: canary}
              ownership: own
              restores: true
              counts: {label: destination_workload, values: [web-a, web-b]}
          steps:
          - setCanaryScale: {replicas: 3}
          - setCanaryScale: {weight: 25}
          - setCanaryScale: {matchTrafficWeight: true}
          - experiment:
              duration: 10m
              templates:
              - {name: baseline, specRef: stable, replicas: 2, metadata: {labels: {a: b}, annotations: {c: d}}}
              - {name: canary, specRef: canary}
              analyses:
              - name: compare
                templateName: ends
                clusterScope: false
                requiredForCompletion: true
                args:
                - {name: n, value: "{{templates.canary.podTemplateHash}}"}
              - {name: more, templateName: ends, args: [{name: n, valueFrom: {release: canary}}]}
              - {name: b, templateName: ends, args: [{name: n, valueFrom: {backend: canary}}]}
              - {name: f, templateName: ends, args: [{name: n, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]}
              - {name: s, templateName: ends, args: [{name: n, valueFrom: {secretKeyRef: {name: a, key: b}}}]}
              dryRun: [{metricName: more/ends}]
          - setWeight: 5
    ---
    apiVersion: headgate.dev/v1alpha1
    kind: Rollout
    metadata: {name: watched}
    spec:
      strategy:
        canary:
          scaleDownDelay: 30s
          abortScaleDownDelaySeconds: 30
          stickiness: {cookie: shop-user, maxAge: 7d}
          bake: {duration: 30m, analysis: {templates: [{templateName: ends}]}}
          analysis:
            templates: [{templateName: good}, {templateName: wide, clusterScope: true}]
            args:
            - {name: service, value: web}
            - {name: ratio, value: 0.99}
            - {name: count, value: 3}
            - {name: release, valueFrom: {release: canary}}
            - {name: backend, valueFrom: {backend: stable}}
            - {name: name, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
            - {name: token, valueFrom: {secretKeyRef: {name: prometheus, key: token}}}
            dryRun: [{metricName: good.*}]
            measurementRetention: [{metricName: good, limit: 5}]
            startingStep: 1
          steps: [{setWeight: 5}, {pause: {}}]
    ---
    apiVersion: headgate.dev/v1alpha1
    kind: Rollout
    metadata: {name: steps}
    spec:
      strategy:
        canary:
          steps:
          - setWeight: 0.5
          - pause: {duration: 1h30m}
          - pause: {duration: 30}
          - pause: {}
          - linear: {from: 5, to: 50, by: 5.5, every: 2m}
          - exponential: {from: 1, to: 64, by: 2, every: 5m}
          - setMirrorRoute: {name: warm-up, percentage: 20, match: [{method: GET, path: /}]}
          - setMirrorRoute: {name: warm-up}
          - analysis: {templates: [{templateName: ends}], args: [{name: n, value: x}]}
    ---
    apiVersion: headgate.dev/v1alpha1
    kind: Rollout
    metadata: {name: asking}
    spec:
      strategy:
        canary:
          steps:
          - setHeaderRoute:
              name: testers
              match:
              - {headerName: x-canary, headerValue: {exact: "1"}}
              - {headerName: x-canary, headerValue: "1"}
              - headers: {x-a: {prefix: a}, x-b: b}
                cookies: {c: {regex: "yes|always"}}
                query: {q: {exact: "1"}}
                host: preview.example
                method: {exact: GET}
                path: {prefix: /api}
          - gate:
              name: qa
              url: https://ci.example/gates/shop
              interval: 30s
              timeout: 10s
              deadline: 2h
              whenOverdue: abort
              secret: qa-gate
              headers:
              - {key: X-Team, value: shop}
              - {key: Authorization, valueFrom: {secretKeyRef: {name: qa, key: token}}}
          - setWeight: 5
    ---
    apiVersion: headgate.dev/v1alpha1
    kind: Rollout
    metadata: {name: filtered}
    spec:
      strategy:
        canary:
          trafficRouting:
            consul:
              service: web
              subsets: [web-a, web-b]
              filters: [Service.Meta.slot == a, Service.Meta.slot == b]
              failover: false
              protocol: http2
              namespace: shop
              partition: eu
              counts: {label: envoy_cluster_name, values: [web-a, web-b]}
              customResources: true
          steps: [{setWeight: 100}]
    ---
    apiVersion: headgate.dev/v1alpha1
    kind: Rollout
    metadata: {name: released}
    spec:
      strategy:
        canary:
          trafficRouting: {consul: {releaseMeta: release}}
          steps: [{setWeight: 100}]
    ---
    apiVersion: headgate.dev/v1alpha1
    kind: Rollout
    metadata: {name: places}
    spec:
      strategy:
        canary:
          trafficRouting:
            istio: {virtualService: {name: places}, hosts: [places-a, places-b], ownership: adopt}
          abortScaleDownDelay: 30s
          scaleDownDelaySeconds: 30
          steps: [{setWeight: 100}]
    ---
    apiVersion: headgate.dev/v1alpha1
    kind: Rollout
    metadata: {name: routes}
    spec:
      strategy:
        canary:
          trafficRouting:
            gatewayAPI:
              namespace: shop
              httpRoute: web
              httpRoutes:
              - {name: api, namespace: edge, rules: [primary], useHeaderRoutes: false, base: {rules: [{name: r}]}}
              - {name: sticky, sessions: true}
              grpcRoute: web
              grpcRoutes: [{name: web, sessions: true}]
              tcpRoute: web
              tcpRoutes: [{name: web}]
              tlsRoute: web
              tlsRoutes: [{name: web}]
              services: [web-a, web-b]
              implementation: nginx
              ownership: own
              restores: true
              counts: {metric: envoy_cluster_upstream_rq_completed, label: envoy_cluster_name, values: [a, b]}
          steps: [{setWeight: 10}]
    ---
    apiVersion: headgate.dev/v1alpha1
    kind: Rollout
    metadata: {name: meshed}
    spec:
      strategy:
        canary:
          trafficRouting:
            linkerd:
              group: policy.linkerd.io
              httpRoute: web
              trafficSplit: web
              trafficSplits: [{name: web}]
              services: [web-a, web-b]
          steps: [{setWeight: 10}]
    ---
    apiVersion: headgate.dev/v1alpha1
    kind: Rollout
    metadata: {name: plugged}
    spec:
      strategy:
        canary:
          stableService: web-stable
          canaryService: web-canary
          trafficRouting:
            plugins:
              argoproj-labs/gatewayAPI:
                httpRoutes: [{name: web, useHeaderRoutes: true}]
                namespace: shop
                configMap: argo-gatewayapi-configmap
                disableInProgressLabel: true
                inProgressLabelKey: in-progress
                inProgressLabelValue: "true"
                useHeaderRoutes: true
          steps: [{setWeight: 10}]
    ---
    apiVersion: headgate.dev/v1alpha1
    kind: Rollout
    metadata: {name: subsets}
    spec:
      replicas: 1
      template: {spec: {}}
      strategy:
        canary:
          antiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {}}
          trafficRouting: {istio: {virtualService: {name: subsets}, subsets: [a, b, c]}}
          steps: [{setWeight: 0}]
    ---
    apiVersion: headgate.dev/v1alpha1
    kind: Rollout
    metadata: {name: blue-green}
    spec:
      strategy:
        blueGreen:
          trafficRouting:
            envoy: {clusters: [b, g], route: blue-green, domains: ["*"], prefix: /}
          previewRoute: {match: [{host: preview.example}]}
          autoPromotionEnabled: true
          autoPromotionSeconds: 600
          prePromotionAnalysis: {templates: [{templateName: ends}]}
          postPromotionAnalysis: {templates: [{templateName: ends}]}
          switch: [{setWeight: 50}, {pause: {duration: 1m}}, {linear: {from: 60, to: 90, by: 10, every: 1m}}]
    ---
    apiVersion: headgate.dev/v1alpha1
    kind: Rollout
    metadata: {name: services}
    spec:
      template: {metadata: {labels: {app: web}}, spec: {containers: [{name: app, image: "web:1.4"}]}}
      strategy: {blueGreen: {activeService: active, previewService: preview, previewReplicaCount: 1}}
    ---
    apiVersion: headgate.dev/v1alpha1
    kind: Rollout
    metadata: {name: timed}
    spec:
      strategy:
        abTest:
          trafficRouting: {envoy: {clusters: [a, b, c]}}
          arms: [{name: control}, {name: round, share: 10}, {name: odd, match: [{cookies: {beta: "yes"}}]}]
          duration: 1d
          then: ask
          analysis: {templates: [{templateName: ends}], startingStep: 0}
          bake: {duration: 1m}
          stickiness: {maxAge: session}
    ---
    apiVersion: headgate.dev/v1alpha1
    kind: Rollout
    metadata: {name: settled}
    spec:
      strategy:
        abTest:
          arms: [{name: control}, {name: large, share: 20}]
          until: settled
          then: promote
          analysis: {templates: [{templateName: ends}]}
    ---
    apiVersion: headgate.dev/v1alpha1
    kind: AnalysisTemplate
    metadata: {name: good}
    spec:
      args:
      - {name: count}
      - {name: service, value: web}
      - {name: ratio, value: 0.9}
      - {name: release, value: v1}
      - {name: backend, value: web-a}
      - {name: name, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
      - {name: token, valueFrom: {secretKeyRef: {name: prometheus, key: token}}}
      metrics:
      - name: good
        interval: 10s
        initialDelay: 1m
        count: "{{args.count}}"
        successCondition: result[0] > 0.9
        failureCondition: result[0] < 0.5
        failureLimit: 1
        inconclusiveLimit: 1
        consecutiveErrorLimit: 4
        consecutiveSuccessLimit: 2
        provider:
          prometheus:
            query: up{service="{{args.service}}"}
            address: http://prometheus.example:9090
            timeout: 30
            rangeQuery: {start: 'now() - duration("5m")', end: now(), step: 10s}
            headers:
            - {key: Authorization, value: "Bearer {{args.token}}"}
            - {key: X-Key, valueFrom: {secretKeyRef: {name: prometheus, key: key}}}
      - name: signed
        successCondition: result[0] > 0.9
        provider: {prometheus: {query: up, authentication: {sigv4: {region: eu-central-1}}}}
      - name: page
        successCondition: result < 0.01
        provider:
          web:
            url: https://app.example/measure?of={{args.service}}
            method: POST
            headers:
            - {key: Content-Type, value: text/plain}
            - {key: X-Key, valueFrom: {secretKeyRef: {name: app, key: key}}}
            body: since=5m
            jsonPath: "{$.rates[?(@.of == 'web')].error}"
            timeoutSeconds: 20
            insecure: false
            authentication: {basicAuth: {username: headgate, password: "{{args.token}}"}}
      - name: posted
        successCondition: result.ok
        provider:
          web:
            url: http://app.example/measure
            method: PUT
            jsonBody: {query: [{from: 5, deep: null}], text: "{{args.service}}"}
            authentication:
              oauth2:
                tokenUrl: https://id.example/token
                clientId: headgate
                clientSecret: "{{args.token}}"
                scopes: [read]
      - name: ran
        successCondition: result < 0.01
        provider:
          exec:
            command: [error-rate, --service, "{{args.service}}"]
            env: {TOKEN: "{{args.token}}", SINCE: 5m}
            output: json
            jsonPath: "{$.rate}"
            timeout: 20s
      - name: clouds
        successCondition: all(result[0].Values, # < 0.01)
        provider:
          cloudWatch:
            account: shop
            interval: 10m
            timeout: 20s
            metricDataQueries:
            - {id: rate, expression: errors / requests, label: rate, period: 60, returnData: true}
            - id: errors
              returnData: false
              metricStat:
                metric:
                  namespace: AWS/ApplicationELB
                  metricName: HTTPCode_Target_5XX_Count
                  dimensions: [{name: LoadBalancer, value: "app/{{args.service}}"}]
                period: 60
                stat: Sum
                unit: Count
      - name: dogs
        successCondition: default(result, 0) < 0.01
        provider:
          datadog:
            apiVersion: v2
            queries: {errors: "sum:errors{service:{{args.service}}}", all: "sum:requests{*}"}
            formula: errors / all
            aggregator: sum
            interval: 10m
            requestTimeout: 5s
            secretRef: {name: eu, namespaced: false}
      - name: dog
        successCondition: default(result, 0) < 0.01
        provider: {datadog: {query: "avg:errors{*}"}}
      - name: graphs
        successCondition: all(result, # < 0.01)
        provider:
          graphite: {address: "http://graphite.example", query: "target=stats.error.{{args.service}}", timeout: 5s}
      - name: points
        successCondition: all(result, # < 0.01)
        provider: {influxdb: {profile: eu, database: shop, query: SELECT mean(error) FROM web, timeout: 5s}}
      - name: relic
        successCondition: result.count > 0
        provider: {newRelic: {profile: eu, query: SELECT count(*) FROM Transaction, timeout: 10}}
      - name: smoke
        provider:
          job:
            metadata: {labels: {team: shop}, annotations: {note: n}}
            spec:
              backoffLimit: 0
              activeDeadlineSeconds: 600
              template: {spec: {restartPolicy: Never, containers: [{name: smoke, image: "smoke:1"}]}}
      dryRun: [{metricName: good}]
      measurementRetention: [{metricName: ".*", limit: 20}]
      templates: [{templateName: ends, clusterScope: false}]
    ---
    apiVersion: headgate.dev/v1alpha1
    kind: AnalysisTemplate
    metadata: {name: compared}
    spec:
      falseRollback: 1%
      args: [{name: canary, value: web-b}, {name: stable, value: web-a}]
      metrics:
      - name: errors
        interval: 15s
        initialDelay: 0s
        count: 20
        consecutiveErrorLimit: 4
        provider: {prometheus: {address: "http://prometheus.example:9090", timeout: 5s}}
        compare:
          kind: errors
          direction: increase
          bad: http_requests_total{code=~"5.."}
          total: http_requests_total
          arms: {label: release, canary: "{{args.canary}}", stable: "{{args.stable}}", instance: pod}
          margin: {relative: 25%, absolute: 0}
          weight: 2
          warmup: 60s
          settle: 20s
          minExcess: 5
          dispersion: auto
          history: 1h
          pass: {margin: {relative: 50%, absolute: 0.1%}, falsePass: 5%}
          atHorizon: succeed
          noData: {hold: 10m, then: inconclusive}
      - name: latency
        provider: {prometheus: {}}
        compare:
          kind: latency
          histogram: http_request_duration_seconds
          arms: {label: release, canary: web-b, stable: web-a}
          pass: false
          dispersion: 1.5
      - name: cpu
        provider: {prometheus: {}}
        compare:
          kind: mean
          value: process_cpu_seconds_total
          total: http_requests_total
          arms: {label: release, canary: web-b, stable: web-a}
    ---
    apiVersion: headgate.dev/v1alpha1
    kind: AnalysisTemplate
    metadata: {name: builtins}
    spec:
      metrics:
      - name: success-rate
        builtin: success-rate
        selector: deployment="web-canary"
        atLeast: 99%
      - {name: latency, builtin: latency, quantile: 0.95, window: 2m, atMost: 500ms}
      - {name: request-rate, builtin: request-rate, atLeast: 5}
    ---
    apiVersion: headgate.dev/v1alpha1
    kind: ClusterAnalysisTemplate
    metadata: {name: wide-builtins}
    spec:
      metrics:
      - {name: s, builtin: success-rate, window: 2m, selector: 'deployment="web-canary"', atLeast: 0.99}
      - {name: l, builtin: latency, quantile: 0.95, atMost: 500ms}
    ---
    apiVersion: headgate.dev/v1alpha1
    kind: AnalysisTemplate
    metadata: {name: ends}
    spec:
      args: [{name: n, value: 1}]
      metrics:
      - {name: ends, count: "1", successCondition: "result[0] > 1", provider: {prometheus: {query: up}}}
    ---
    apiVersion: headgate.dev/v1alpha1
    kind: ClusterAnalysisTemplate
    metadata: {name: wide}
    spec:
      args:
      - {name: a, value: b}
      - {name: c, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
      - {name: d, valueFrom: {secretKeyRef: {name: prometheus, key: token}}}
      dryRun: [{metricName: wide}]
      measurementRetention: [{metricName: wide, limit: 1}]
      templates: [{templateName: ends, clusterScope: false}]
      metrics:
      - name: wide
        interval: 10s
        initialDelay: 0s
        count: 1
        successCondition: result[0] > 0.9
        failureCondition: result[0] < 0.5
        failureLimit: 0
        inconclusiveLimit: 0
        consecutiveErrorLimit: 4
        consecutiveSuccessLimit: 0
        provider:
          prometheus:
            query: up
            address: ""
            timeout: 5s
            rangeQuery: {start: now(), end: now(), step: 10}
            headers:
            - {key: X-Scope-OrgID, value: shop}
            - {key: X-Key, valueFrom: {secretKeyRef: {name: prometheus, key: key}}}
      - name: wide-page
        successCondition: result.ok
        provider:
          web:
            url: https://app.example/measure
            method: POST
            headers: [{key: X-Key, valueFrom: {secretKeyRef: {name: app, key: key}}}]
            body: since=5m
            jsonPath: "{$}"
            timeoutSeconds: 20
            insecure: true
            authentication: {sigv4: {region: eu-central-1}}
      - name: wide-ran
        successCondition: result < 0.01
        provider: {exec: {command: [error-rate], env: {SINCE: 5m}, output: json, jsonPath: "{$}", timeout: 20s}}
      - name: test
        provider:
          job:
            metadata: {labels: {team: shop}, annotations: {note: n}}
            spec: {activeDeadlineSeconds: 600, template: {spec: {containers: [{name: test, image: "test:1"}]}}}
    ---
    apiVersion: headgate.dev/v1alpha1
    kind: Rollout
    metadata: {name: budgeted}
    spec:
      slos:
      - name: counted
        interval: 30s
        inline: {objective: 99.9%, window: 30d, bad: 'requests{code=~"5.."}', total: requests}
        provider: {prometheus: {address: "http://prometheus.example:9090", timeout: 5s, headers: [{key: X-Scope-OrgID, value: shop}, {key: X-Key, valueFrom: {secretKeyRef: {name: prometheus, key: key}}}]}}
        gate: {minRemaining: 10%, blockOn: [page, ticket]}
        abort: {on: fastBurn, blastRadius: 1%}
        arms: {label: release, by: backend, instance: pod}
      - {name: share, inline: {objective: 99%, window: 4d96h, ratio: "bad:ratio$__window"}, gate: false}
      - {name: sloth, sloth: {id: web, window: 30d}, abort: false}
      - {name: pyrra, pyrra: {name: web, namespace: shop, window: 28d}}
      - {name: openslo, openslo: {name: web, objective: gold}}
      strategy: {canary: {steps: [{setWeight: 5}, {pause: {}}]}}
    ---
    apiVersion: headgate.dev/v1alpha1
    kind: AnalysisTemplate
    metadata: {name: budgets}
    spec:
      slos:
      - name: counted
        interval: 30s
        inline: {objective: 99.9%, window: 30d, bad: 'requests{code=~"5.."}', total: requests}
        provider: {prometheus: {address: "http://prometheus.example:9090", timeout: 5s, headers: [{key: X-Scope-OrgID, value: shop}, {key: X-Key, valueFrom: {secretKeyRef: {name: prometheus, key: key}}}]}}
        gate: {minRemaining: 10%, blockOn: [page, ticket]}
        abort: {on: fastBurn, blastRadius: 1%}
        arms: {label: release, by: backend, instance: pod}
      - {name: share, inline: {objective: 99%, window: 4d96h, ratio: "bad:ratio$__window"}, gate: false}
      - {name: sloth, sloth: {id: web, window: 30d}, abort: false}
      - {name: pyrra, pyrra: {name: web, namespace: shop, window: 28d}}
      - {name: openslo, openslo: {name: web, objective: gold}}
      metrics:
      - name: judged
        initialDelay: 30m
        interval: 10m
        count: 3
        provider: {prometheus: {address: "http://prometheus.example:9090", timeout: 5s}}
        judge: kayenta
        kayenta:
          threshold: {pass: 90, marginal: 75}
          lookback: 1h
          step: 1m
          samplesMin: 20
          groups: {errors: 60, times: 40}
          queries:
          - name: errors
            canary: rate(errors{r="b"}[1m])
            baseline: rate(errors{r="a"}[1m])
            group: errors
            direction: increase
            critical: true
            nanStrategy: replace
            outliers: {strategy: remove, outlierFactor: 3}
            effectSize: {measure: meanRatio, allowedIncrease: 1.1, allowedDecrease: 0.9, criticalIncrease: 2, criticalDecrease: 0.5}
          - {name: times, canary: time_b, baseline: time_a, group: times}
    ---
    apiVersion: headgate.dev/v1alpha1
    kind: ClusterAnalysisTemplate
    metadata: {name: wide-budgets}
    spec:
      slos:
      - name: counted
        interval: 30s
        inline: {objective: 99.9%, window: 30d, bad: 'requests{code=~"5.."}', total: requests}
        provider: {prometheus: {address: "http://prometheus.example:9090", timeout: 5s, headers: [{key: X-Scope-OrgID, value: shop}, {key: X-Key, valueFrom: {secretKeyRef: {name: prometheus, key: key}}}]}}
        gate: {minRemaining: 10%, blockOn: [page, ticket]}
        abort: {on: fastBurn, blastRadius: 1%}
        arms: {label: release, by: backend, instance: pod}
      - {name: share, inline: {objective: 99%, window: 4d96h, ratio: "bad:ratio$__window"}, gate: false}
      - {name: sloth, sloth: {id: web, window: 30d}, abort: false}
      - {name: pyrra, pyrra: {name: web, namespace: shop, window: 28d}}
      - {name: openslo, openslo: {name: web, objective: gold}}
      metrics:
      - name: judged
        initialDelay: 30m
        interval: 10m
        count: 3
        provider: {prometheus: {address: "http://prometheus.example:9090", timeout: 5s}}
        judge: kayenta
        kayenta:
          threshold: {pass: 90, marginal: 75}
          lookback: 1h
          step: 1m
          samplesMin: 20
          groups: {errors: 60, times: 40}
          queries:
          - name: errors
            canary: rate(errors{r="b"}[1m])
            baseline: rate(errors{r="a"}[1m])
            group: errors
            direction: increase
            critical: true
            nanStrategy: replace
            outliers: {strategy: remove, outlierFactor: 3}
            effectSize: {measure: meanRatio, allowedIncrease: 1.1, allowedDecrease: 0.9, criticalIncrease: 2, criticalDecrease: 0.5}
          - {name: times, canary: time_b, baseline: time_a, group: times}
    ---
    apiVersion: headgate.dev/v1alpha1
    kind: Freeze
    metadata: {name: year-end}
    spec:
      reason: no changes over the holidays
      owner: payments-team
      timeZone: Europe/Berlin
      scope: {names: ["canar*", timed], labels: {team: shop}}
      windows:
      - {from: "2026-12-23", to: "2027-01-02T18:00"}
      - {cron: "0 18 * * fri", duration: 62h}
    ---
    apiVersion: headgate.dev/v1alpha1
    kind: Freeze
    metadata: {name: now}
    spec: {reason: for as long as this is here}
    """

/// The committed definitions, as people apply them.
let committedDefinitions: String = {
    let path = URL(filePath: repository).appending(path: "deploy/kubernetes/crds.yaml")
    guard let text = try? String(contentsOf: path, encoding: .utf8) else {
        preconditionFailure("deploy/kubernetes/crds.yaml can't be read; headgate crds > \(path.path)")
    }
    return text
}()

let definitions = Definitions(committedDefinitions)

let repository: String = {
    let up = ["file", "Definitions", "ManifestsTests", "Tests"]
    return up.reduce(URL(filePath: #filePath)) { url, _ in url.deletingLastPathComponent() }.path
}()

/// The documents of a text that are of our own kinds.
func ours(_ text: String) throws -> [JSON] {
    try Definitions.json(yaml: text).filter { $0["apiVersion"] == "headgate.dev/v1alpha1" }
}

/// What the decoder says to a document; pods are run.
func problems(_ document: JSON) -> [Diagnostic] {
    ManifestSet.load([ManifestFile(path: "d", bytes: document.bytes)], runsPods: true).errors
}
