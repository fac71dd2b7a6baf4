extension SchemaTable {
    static let namespace = SchemaTable(
        """
        : fields spec status
        """)

    static let service = SchemaTable(
        """
        : fields spec status
        spec: fields ports selector/texts clusterIP/text clusterIPs type/text externalIPs sessionAffinity/text \
        loadBalancerIP/text loadBalancerSourceRanges externalName/text externalTrafficPolicy/text \
        healthCheckNodePort/int publishNotReadyAddresses/bool sessionAffinityConfig ipFamilies ipFamilyPolicy/text \
        allocateLoadBalancerNodePorts/bool loadBalancerClass/text internalTrafficPolicy/text trafficDistribution/text
        spec.selector: atomic
        spec.type: default "ClusterIP"
        spec.sessionAffinity: default "None"
        spec.internalTrafficPolicy: default "Cluster"
        spec.ports: map port,protocol
        spec.ports: fields name/text protocol/text appProtocol/text port/int targetPort nodePort/int
        spec.ports.protocol: default "TCP"
        status.conditions: map type
        """)

    static let pod = SchemaTable(": fields spec status\n" + podRows(at: ""))

    static let configMap = SchemaTable(": fields data/texts binaryData/texts immutable/bool")

    static let secret = SchemaTable(": fields data/texts stringData/texts type/text immutable/bool")

    static let serviceAccount = SchemaTable(
        ": fields secrets imagePullSecrets automountServiceAccountToken/bool")

    static let coreEvent = SchemaTable(
        """
        : fields involvedObject reason/text message/text source firstTimestamp/time lastTimestamp/time count/int \
        type/text eventTime/micro series action/text related reportingComponent/text reportingInstance/text
        involvedObject: atomic
        related: atomic
        """)

    static let event = SchemaTable(
        """
        : fields eventTime/micro series reportingController/text reportingInstance/text action/text reason/text \
        regarding related note/text type/text deprecatedSource deprecatedFirstTimestamp/time \
        deprecatedLastTimestamp/time deprecatedCount/int
        regarding: atomic
        related: atomic
        """)

    static let replicaSet = SchemaTable(
        """
        : fields spec status
        spec: fields replicas/int minReadySeconds/int selector template
        spec.replicas: default 1
        spec.selector: atomic
        status: fields replicas/int fullyLabeledReplicas/int readyReplicas/int availableReplicas/int \
        terminatingReplicas/int observedGeneration/long conditions
        status.conditions: map type

        """ + podRows(at: "spec.template."))

    static let deployment = SchemaTable(
        """
        : fields spec status
        spec: fields replicas/int selector template strategy minReadySeconds/int revisionHistoryLimit/int paused/bool \
        progressDeadlineSeconds/int
        spec.replicas: default 1
        spec.strategy: default {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "25%", "maxSurge": "25%"}}
        spec.revisionHistoryLimit: default 10
        spec.progressDeadlineSeconds: default 600
        spec.selector: atomic
        status: fields observedGeneration/long replicas/int updatedReplicas/int readyReplicas/int \
        availableReplicas/int unavailableReplicas/int terminatingReplicas/int conditions collisionCount/int
        status.conditions: map type

        """ + podRows(at: "spec.template."))

    static let job = SchemaTable(
        """
        : fields spec status
        spec: fields parallelism/int completions/int activeDeadlineSeconds/long podFailurePolicy successPolicy \
        backoffLimit/int backoffLimitPerIndex/int maxFailedIndexes/int selector manualSelector/bool template \
        ttlSecondsAfterFinished/int completionMode/text suspend/bool podReplacementPolicy/text managedBy/text
        spec.parallelism: default 1
        spec.completions: default 1
        spec.backoffLimit: default 6
        spec.completionMode: default "NonIndexed"
        spec.suspend: default false
        spec.manualSelector: default false
        spec.podReplacementPolicy: default "TerminatingOrFailed"
        spec.selector: atomic
        status.conditions: list

        """ + podRows(at: "spec.template.", restartPolicy: ""))

    static let lease = SchemaTable(
        """
        : fields spec
        spec: fields holderIdentity/text leaseDurationSeconds/int acquireTime/micro renewTime/micro \
        leaseTransitions/int strategy/text preferredHolder/text
        """)

    static let endpointSlice = SchemaTable(
        """
        : fields addressType/text endpoints ports
        endpoints: list
        endpoints: fields addresses conditions hostname/text targetRef deprecatedTopology nodeName/text zone/text hints
        ports: list
        ports: fields name/text protocol/text port/int appProtocol/text
        """)

    static let autoscaler = SchemaTable(
        """
        : fields spec status
        spec: fields scaleTargetRef minReplicas/int maxReplicas/int metrics behavior
        spec.minReplicas: default 1
        spec.scaleTargetRef: fields apiVersion/text kind/text name/text
        status.conditions: map type
        """)

    static let disruptionBudget = SchemaTable(
        """
        : fields spec status
        spec: fields minAvailable selector maxUnavailable unhealthyPodEvictionPolicy/text
        spec.selector: atomic
        status.conditions: map type
        """)

    /// Of a pod, or of the template of one, which says less of its status.
    private static func podRows(at place: String, restartPolicy: String = "Always") -> String {
        let template = place.isEmpty ? [] : [": fields metadata spec"]
        let restarts = restartPolicy.isEmpty ? [] : ["spec.restartPolicy: default \"\(restartPolicy)\""]
        let spec = podSpec.split(separator: "\n").map(String.init)
        let rows = template + spec.filter { place.isEmpty || !$0.hasPrefix("status") } + restarts
        return rows.map { row in
            // The rule of the template itself has an empty path.
            row.hasPrefix(":") ? place.dropLast() + row : place + row
        }.joined(separator: "\n")
    }
}

private let podSpec = """
    spec: fields volumes initContainers containers ephemeralContainers restartPolicy/text \
    terminationGracePeriodSeconds/long activeDeadlineSeconds/long dnsPolicy/text nodeSelector/texts \
    serviceAccountName/text serviceAccount/text automountServiceAccountToken/bool nodeName/text hostNetwork/bool \
    hostPID/bool hostIPC/bool shareProcessNamespace/bool securityContext imagePullSecrets hostname/text subdomain/text \
    affinity schedulerName/text tolerations hostAliases priorityClassName/text priority/int dnsConfig readinessGates \
    runtimeClassName/text enableServiceLinks/bool preemptionPolicy/text overhead topologySpreadConstraints \
    setHostnameAsFQDN/bool os hostUsers/bool schedulingGates resourceClaims resources hostnameOverride/text workloadRef
    spec.terminationGracePeriodSeconds: default 30
    spec.dnsPolicy: default "ClusterFirst"
    spec.securityContext: default {}
    spec.schedulerName: default "default-scheduler"
    spec.nodeSelector: atomic
    spec.containers: map name
    spec.containers: fields name/text image/text command args workingDir/text ports envFrom env resources resizePolicy \
    restartPolicy/text restartPolicyRules volumeMounts volumeDevices livenessProbe readinessProbe startupProbe lifecycle \
    terminationMessagePath/text terminationMessagePolicy/text imagePullPolicy/text securityContext stdin/bool \
    stdinOnce/bool tty/bool
    spec.containers.resources: default {}
    spec.containers.terminationMessagePath: default "/dev/termination-log"
    spec.containers.terminationMessagePolicy: default "File"
    spec.containers.ports: map containerPort,protocol
    spec.containers.ports: fields name/text hostPort/int containerPort/int protocol/text hostIP/text
    spec.containers.ports.protocol: default "TCP"
    spec.containers.env: map name
    spec.containers.env: fields name/text value/text valueFrom
    spec.containers.env.valueFrom.fieldRef: atomic
    spec.containers.env.valueFrom.configMapKeyRef: atomic
    spec.containers.env.valueFrom.secretKeyRef: atomic
    spec.containers.volumeMounts: map mountPath
    spec.initContainers: map name
    spec.initContainers.env: map name
    spec.imagePullSecrets: map name
    spec.volumes: map name
    spec.topologySpreadConstraints: map topologyKey,whenUnsatisfiable
    status.conditions: map type
    """
