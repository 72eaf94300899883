// Made by scripts/facts/internal-types (Kubernetes 1.36). Its notation is described there.
export const internalTypes: Readonly<Record<string, string>> = {
  'admissionregistration.AuditAnnotation': 'Key:key:s ValueExpression:valueExpression:s',
  'batch.PodFailurePolicy': 'Rules:rules:[batch.PodFailurePolicyRule',
  'batch.PodFailurePolicyOnExitCodesRequirement': 'ContainerName:containerName:*s Operator:operator:s Values:values:[n',
  'batch.PodFailurePolicyOnPodConditionsPattern': 'Type:type:s Status:status:s',
  'batch.PodFailurePolicyRule':
    'Action:action:s OnExitCodes:onExitCodes:*batch.PodFailurePolicyOnExitCodesRequirement OnPodConditions:onPodConditions:[batch.PodFailurePolicyOnPodConditionsPattern',
  'certificates.CertificateSigningRequestCondition':
    'Type:type:s Status:status:s Reason:reason:s Message:message:s LastUpdateTime:lastUpdateTime:= LastTransitionTime:lastTransitionTime:=',
  'certificates.CertificateSigningRequestSpec':
    'Request:request:= SignerName:signerName:s ExpirationSeconds:expirationSeconds:*n Usages:usages:[s Username:username:s UID:uid:s Groups:groups:[s Extra:extra:{',
  'core.AWSElasticBlockStoreVolumeSource': 'VolumeID:volumeID:s FSType:fsType:s Partition:partition:n ReadOnly:readOnly:b',
  'core.Affinity':
    'NodeAffinity:nodeAffinity:*core.NodeAffinity PodAffinity:podAffinity:*core.PodAffinity PodAntiAffinity:podAntiAffinity:*core.PodAntiAffinity',
  'core.AppArmorProfile': 'Type:type:s LocalhostProfile:localhostProfile:*s',
  'core.AzureDiskVolumeSource':
    'DiskName:diskName:s DataDiskURI:diskURI:s CachingMode:cachingMode:*s FSType:fsType:*s ReadOnly:readOnly:*b Kind:kind:*s',
  'core.AzureFilePersistentVolumeSource':
    'SecretName:secretName:s ShareName:shareName:s ReadOnly:readOnly:b SecretNamespace:secretNamespace:*s',
  'core.AzureFileVolumeSource': 'SecretName:secretName:s ShareName:shareName:s ReadOnly:readOnly:b',
  'core.CSIPersistentVolumeSource':
    'Driver:driver:s VolumeHandle:volumeHandle:s ReadOnly:readOnly:b FSType:fsType:s VolumeAttributes:volumeAttributes:{ ControllerPublishSecretRef:controllerPublishSecretRef:*core.SecretReference NodeStageSecretRef:nodeStageSecretRef:*core.SecretReference NodePublishSecretRef:nodePublishSecretRef:*core.SecretReference ControllerExpandSecretRef:controllerExpandSecretRef:*core.SecretReference NodeExpandSecretRef:nodeExpandSecretRef:*core.SecretReference',
  'core.CSIVolumeSource':
    'Driver:driver:s ReadOnly:readOnly:*b FSType:fsType:*s VolumeAttributes:volumeAttributes:{ NodePublishSecretRef:nodePublishSecretRef:*core.LocalObjectReference',
  'core.Capabilities': 'Add:add:[s Drop:drop:[s',
  'core.CephFSPersistentVolumeSource':
    'Monitors:monitors:[s Path:path:s User:user:s SecretFile:secretFile:s SecretRef:secretRef:*core.SecretReference ReadOnly:readOnly:b',
  'core.CephFSVolumeSource':
    'Monitors:monitors:[s Path:path:s User:user:s SecretFile:secretFile:s SecretRef:secretRef:*core.LocalObjectReference ReadOnly:readOnly:b',
  'core.CinderPersistentVolumeSource': 'VolumeID:volumeID:s FSType:fsType:s ReadOnly:readOnly:b SecretRef:secretRef:*core.SecretReference',
  'core.CinderVolumeSource': 'VolumeID:volumeID:s FSType:fsType:s ReadOnly:readOnly:b SecretRef:secretRef:*core.LocalObjectReference',
  'core.ClusterTrustBundleProjection':
    'Name:name:*s SignerName:signerName:*s LabelSelector:labelSelector:= Optional:optional:*b Path:path:s',
  'core.ConfigMapEnvSource': '::core.LocalObjectReference Optional:optional:*b',
  'core.ConfigMapKeySelector': '::core.LocalObjectReference Key:key:s Optional:optional:*b',
  'core.ConfigMapProjection': '::core.LocalObjectReference Items:items:[core.KeyToPath Optional:optional:*b',
  'core.ConfigMapVolumeSource': '::core.LocalObjectReference Items:items:[core.KeyToPath DefaultMode:defaultMode:*n Optional:optional:*b',
  'core.Container':
    'Name:name:s Image:image:s Command:command:[s Args:args:[s WorkingDir:workingDir:s Ports:ports:[core.ContainerPort EnvFrom:envFrom:[core.EnvFromSource Env:env:[core.EnvVar Resources:resources:core.ResourceRequirements ResizePolicy:resizePolicy:[core.ContainerResizePolicy RestartPolicy:restartPolicy:*s RestartPolicyRules:restartPolicyRules:[core.ContainerRestartRule VolumeMounts:volumeMounts:[core.VolumeMount VolumeDevices:volumeDevices:[core.VolumeDevice LivenessProbe:livenessProbe:*core.Probe ReadinessProbe:readinessProbe:*core.Probe StartupProbe:startupProbe:*core.Probe Lifecycle:lifecycle:*core.Lifecycle TerminationMessagePath:terminationMessagePath:s TerminationMessagePolicy:terminationMessagePolicy:s ImagePullPolicy:imagePullPolicy:s SecurityContext:securityContext:*core.SecurityContext Stdin:stdin:b StdinOnce:stdinOnce:b TTY:tty:b',
  'core.ContainerPort': 'Name:name:s HostPort:hostPort:n ContainerPort:containerPort:n Protocol:protocol:s HostIP:hostIP:s',
  'core.ContainerResizePolicy': 'ResourceName:resourceName:s RestartPolicy:restartPolicy:s',
  'core.ContainerRestartRule': 'Action:action:s ExitCodes:exitCodes:*core.ContainerRestartRuleOnExitCodes',
  'core.ContainerRestartRuleOnExitCodes': 'Operator:operator:s Values:values:[n',
  'core.DownwardAPIProjection': 'Items:items:[core.DownwardAPIVolumeFile',
  'core.DownwardAPIVolumeFile':
    'Path:path:s FieldRef:fieldRef:*core.ObjectFieldSelector ResourceFieldRef:resourceFieldRef:*core.ResourceFieldSelector Mode:mode:*n',
  'core.DownwardAPIVolumeSource': 'Items:items:[core.DownwardAPIVolumeFile DefaultMode:defaultMode:*n',
  'core.EmptyDirVolumeSource': 'Medium:medium:s SizeLimit:sizeLimit:*q',
  'core.EnvFromSource': 'Prefix:prefix:s ConfigMapRef:configMapRef:*core.ConfigMapEnvSource SecretRef:secretRef:*core.SecretEnvSource',
  'core.EnvVar': 'Name:name:s Value:value:s ValueFrom:valueFrom:*core.EnvVarSource',
  'core.EnvVarSource':
    'FieldRef:fieldRef:*core.ObjectFieldSelector ResourceFieldRef:resourceFieldRef:*core.ResourceFieldSelector ConfigMapKeyRef:configMapKeyRef:*core.ConfigMapKeySelector SecretKeyRef:secretKeyRef:*core.SecretKeySelector FileKeyRef:fileKeyRef:*core.FileKeySelector',
  'core.EphemeralContainer': '::core.EphemeralContainerCommon TargetContainerName:targetContainerName:s',
  'core.EphemeralContainerCommon':
    'Name:name:s Image:image:s Command:command:[s Args:args:[s WorkingDir:workingDir:s Ports:ports:[core.ContainerPort EnvFrom:envFrom:[core.EnvFromSource Env:env:[core.EnvVar Resources:resources:core.ResourceRequirements ResizePolicy:resizePolicy:[core.ContainerResizePolicy RestartPolicy:restartPolicy:*s RestartPolicyRules:restartPolicyRules:[core.ContainerRestartRule VolumeMounts:volumeMounts:[core.VolumeMount VolumeDevices:volumeDevices:[core.VolumeDevice LivenessProbe:livenessProbe:*core.Probe ReadinessProbe:readinessProbe:*core.Probe StartupProbe:startupProbe:*core.Probe Lifecycle:lifecycle:*core.Lifecycle TerminationMessagePath:terminationMessagePath:s TerminationMessagePolicy:terminationMessagePolicy:s ImagePullPolicy:imagePullPolicy:s SecurityContext:securityContext:*core.SecurityContext Stdin:stdin:b StdinOnce:stdinOnce:b TTY:tty:b',
  'core.EphemeralVolumeSource': 'VolumeClaimTemplate:volumeClaimTemplate:*core.PersistentVolumeClaimTemplate',
  'core.EventSource': 'Component:component:s Host:host:s',
  'core.ExecAction': 'Command:command:[s',
  'core.FCVolumeSource': 'TargetWWNs:targetWWNs:[s Lun:lun:*n FSType:fsType:s ReadOnly:readOnly:b WWIDs:wwids:[s',
  'core.FileKeySelector': 'VolumeName:volumeName:s Path:path:s Key:key:s Optional:optional:*b',
  'core.FlexPersistentVolumeSource':
    'Driver:driver:s FSType:fsType:s SecretRef:secretRef:*core.SecretReference ReadOnly:readOnly:b Options:options:{',
  'core.FlexVolumeSource':
    'Driver:driver:s FSType:fsType:s SecretRef:secretRef:*core.LocalObjectReference ReadOnly:readOnly:b Options:options:{',
  'core.FlockerVolumeSource': 'DatasetName:datasetName:s DatasetUUID:datasetUUID:s',
  'core.GCEPersistentDiskVolumeSource': 'PDName:pdName:s FSType:fsType:s Partition:partition:n ReadOnly:readOnly:b',
  'core.GRPCAction': 'Port:port:n Service:service:*s',
  'core.GitRepoVolumeSource': 'Repository:repository:s Revision:revision:s Directory:directory:s',
  'core.GlusterfsPersistentVolumeSource':
    'EndpointsName:endpoints:s Path:path:s ReadOnly:readOnly:b EndpointsNamespace:endpointsNamespace:*s',
  'core.GlusterfsVolumeSource': 'EndpointsName:endpoints:s Path:path:s ReadOnly:readOnly:b',
  'core.HTTPGetAction': 'Path:path:s Port:port:n Host:host:s Scheme:scheme:s HTTPHeaders:httpHeaders:[core.HTTPHeader',
  'core.HTTPHeader': 'Name:name:s Value:value:s',
  'core.HostAlias': 'IP:ip:s Hostnames:hostnames:[s',
  'core.HostPathVolumeSource': 'Path:path:s Type:type:*s',
  'core.ISCSIPersistentVolumeSource':
    'TargetPortal:targetPortal:s IQN:iqn:s Lun:lun:n ISCSIInterface:iscsiInterface:s FSType:fsType:s ReadOnly:readOnly:b Portals:portals:[s DiscoveryCHAPAuth:chapAuthDiscovery:b SessionCHAPAuth:chapAuthSession:b SecretRef:secretRef:*core.SecretReference InitiatorName:initiatorName:*s',
  'core.ISCSIVolumeSource':
    'TargetPortal:targetPortal:s IQN:iqn:s Lun:lun:n ISCSIInterface:iscsiInterface:s FSType:fsType:s ReadOnly:readOnly:b Portals:portals:[s DiscoveryCHAPAuth:chapAuthDiscovery:b SessionCHAPAuth:chapAuthSession:b SecretRef:secretRef:*core.LocalObjectReference InitiatorName:initiatorName:*s',
  'core.ImageVolumeSource': 'Reference:reference:s PullPolicy:pullPolicy:s',
  'core.KeyToPath': 'Key:key:s Path:path:s Mode:mode:*n',
  'core.Lifecycle': 'PostStart:postStart:*core.LifecycleHandler PreStop:preStop:*core.LifecycleHandler StopSignal:stopSignal:*s',
  'core.LifecycleHandler':
    'Exec:exec:*core.ExecAction HTTPGet:httpGet:*core.HTTPGetAction TCPSocket:tcpSocket:*core.TCPSocketAction Sleep:sleep:*core.SleepAction',
  'core.LocalObjectReference': 'Name:name:s',
  'core.LocalVolumeSource': 'Path:path:s FSType:fsType:*s',
  'core.NFSVolumeSource': 'Server:server:s Path:path:s ReadOnly:readOnly:b',
  'core.NodeAffinity':
    'RequiredDuringSchedulingIgnoredDuringExecution:requiredDuringSchedulingIgnoredDuringExecution:*core.NodeSelector PreferredDuringSchedulingIgnoredDuringExecution:preferredDuringSchedulingIgnoredDuringExecution:[core.PreferredSchedulingTerm',
  'core.NodeSelector': 'NodeSelectorTerms:nodeSelectorTerms:[core.NodeSelectorTerm',
  'core.NodeSelectorRequirement': 'Key:key:s Operator:operator:s Values:values:[s',
  'core.NodeSelectorTerm':
    'MatchExpressions:matchExpressions:[core.NodeSelectorRequirement MatchFields:matchFields:[core.NodeSelectorRequirement',
  'core.ObjectFieldSelector': 'APIVersion:apiVersion:s FieldPath:fieldPath:s',
  'core.ObjectReference':
    'Kind:kind:s Namespace:namespace:s Name:name:s UID:uid:s APIVersion:apiVersion:s ResourceVersion:resourceVersion:s FieldPath:fieldPath:s',
  'core.PersistentVolumeClaimSpec':
    'AccessModes:accessModes:[s Selector:selector:= Resources:resources:core.VolumeResourceRequirements VolumeName:volumeName:s StorageClassName:storageClassName:*s VolumeMode:volumeMode:*s DataSource:dataSource:*core.TypedLocalObjectReference DataSourceRef:dataSourceRef:*core.TypedObjectReference VolumeAttributesClassName:volumeAttributesClassName:*s',
  'core.PersistentVolumeClaimTemplate': ':metadata:= Spec:spec:core.PersistentVolumeClaimSpec',
  'core.PersistentVolumeClaimVolumeSource': 'ClaimName:claimName:s ReadOnly:readOnly:b',
  'core.PersistentVolumeSource':
    'GCEPersistentDisk:gcePersistentDisk:*core.GCEPersistentDiskVolumeSource AWSElasticBlockStore:awsElasticBlockStore:*core.AWSElasticBlockStoreVolumeSource HostPath:hostPath:*core.HostPathVolumeSource Glusterfs:glusterfs:*core.GlusterfsPersistentVolumeSource NFS:nfs:*core.NFSVolumeSource RBD:rbd:*core.RBDPersistentVolumeSource Quobyte:quobyte:*core.QuobyteVolumeSource ISCSI:iscsi:*core.ISCSIPersistentVolumeSource FlexVolume:flexVolume:*core.FlexPersistentVolumeSource Cinder:cinder:*core.CinderPersistentVolumeSource CephFS:cephfs:*core.CephFSPersistentVolumeSource FC:fc:*core.FCVolumeSource Flocker:flocker:*core.FlockerVolumeSource AzureFile:azureFile:*core.AzureFilePersistentVolumeSource VsphereVolume:vsphereVolume:*core.VsphereVirtualDiskVolumeSource AzureDisk:azureDisk:*core.AzureDiskVolumeSource PhotonPersistentDisk:photonPersistentDisk:*core.PhotonPersistentDiskVolumeSource PortworxVolume:portworxVolume:*core.PortworxVolumeSource ScaleIO:scaleIO:*core.ScaleIOPersistentVolumeSource Local:local:*core.LocalVolumeSource StorageOS:storageos:*core.StorageOSPersistentVolumeSource CSI:csi:*core.CSIPersistentVolumeSource',
  'core.PersistentVolumeSpec':
    'Capacity:capacity:{ ::core.PersistentVolumeSource AccessModes:accessModes:[s ClaimRef:claimRef:*core.ObjectReference PersistentVolumeReclaimPolicy:persistentVolumeReclaimPolicy:s StorageClassName:storageClassName:s MountOptions:mountOptions:[s VolumeMode:volumeMode:*s NodeAffinity:nodeAffinity:*core.VolumeNodeAffinity VolumeAttributesClassName:volumeAttributesClassName:*s',
  'core.PhotonPersistentDiskVolumeSource': 'PdID:pdID:s FSType:fsType:s',
  'core.PodAffinity':
    'RequiredDuringSchedulingIgnoredDuringExecution:requiredDuringSchedulingIgnoredDuringExecution:[core.PodAffinityTerm PreferredDuringSchedulingIgnoredDuringExecution:preferredDuringSchedulingIgnoredDuringExecution:[core.WeightedPodAffinityTerm',
  'core.PodAffinityTerm':
    'LabelSelector:labelSelector:= Namespaces:namespaces:[s TopologyKey:topologyKey:s NamespaceSelector:namespaceSelector:= MatchLabelKeys:matchLabelKeys:[s MismatchLabelKeys:mismatchLabelKeys:[s',
  'core.PodAntiAffinity':
    'RequiredDuringSchedulingIgnoredDuringExecution:requiredDuringSchedulingIgnoredDuringExecution:[core.PodAffinityTerm PreferredDuringSchedulingIgnoredDuringExecution:preferredDuringSchedulingIgnoredDuringExecution:[core.WeightedPodAffinityTerm',
  'core.PodCertificateProjection':
    'SignerName:signerName:s KeyType:keyType:s MaxExpirationSeconds:maxExpirationSeconds:*n CredentialBundlePath:credentialBundlePath:s KeyPath:keyPath:s CertificateChainPath:certificateChainPath:s UserAnnotations:userAnnotations:{',
  'core.PodDNSConfig': 'Nameservers:nameservers:[s Searches:searches:[s Options:options:[core.PodDNSConfigOption',
  'core.PodDNSConfigOption': 'Name:name:s Value:value:*s',
  'core.PodOS': 'Name:name:s',
  'core.PodReadinessGate': 'ConditionType:conditionType:s',
  'core.PodResourceClaim': 'Name:name:s ResourceClaimName:resourceClaimName:*s ResourceClaimTemplateName:resourceClaimTemplateName:*s',
  'core.PodSchedulingGate': 'Name:name:s',
  'core.PodSchedulingGroup': 'PodGroupName:podGroupName:*s',
  'core.PodSecurityContext':
    'HostNetwork:^hostNetwork:b HostPID:^hostPID:b HostIPC:^hostIPC:b ShareProcessNamespace:^shareProcessNamespace:*b HostUsers:^hostUsers:*b SELinuxOptions:seLinuxOptions:*core.SELinuxOptions WindowsOptions:windowsOptions:*core.WindowsSecurityContextOptions RunAsUser:runAsUser:*n RunAsGroup:runAsGroup:*n RunAsNonRoot:runAsNonRoot:*b SupplementalGroups:supplementalGroups:[n SupplementalGroupsPolicy:supplementalGroupsPolicy:*s FSGroup:fsGroup:*n FSGroupChangePolicy:fsGroupChangePolicy:*s Sysctls:sysctls:[core.Sysctl SeccompProfile:seccompProfile:*core.SeccompProfile AppArmorProfile:appArmorProfile:*core.AppArmorProfile SELinuxChangePolicy:seLinuxChangePolicy:*s',
  'core.PodSpec':
    'Volumes:volumes:[core.Volume InitContainers:initContainers:[core.Container Containers:containers:[core.Container EphemeralContainers:ephemeralContainers:[core.EphemeralContainer RestartPolicy:restartPolicy:s TerminationGracePeriodSeconds:terminationGracePeriodSeconds:*n ActiveDeadlineSeconds:activeDeadlineSeconds:*n DNSPolicy:dnsPolicy:s NodeSelector:nodeSelector:{ ServiceAccountName:serviceAccountName:s AutomountServiceAccountToken:automountServiceAccountToken:*b NodeName:nodeName:s SecurityContext:securityContext:*core.PodSecurityContext ImagePullSecrets:imagePullSecrets:[core.LocalObjectReference Hostname:hostname:s Subdomain:subdomain:s SetHostnameAsFQDN:setHostnameAsFQDN:*b Affinity:affinity:*core.Affinity SchedulerName:schedulerName:s Tolerations:tolerations:[core.Toleration HostAliases:hostAliases:[core.HostAlias PriorityClassName:priorityClassName:s Priority:priority:*n PreemptionPolicy:preemptionPolicy:*s DNSConfig:dnsConfig:*core.PodDNSConfig ReadinessGates:readinessGates:[core.PodReadinessGate RuntimeClassName:runtimeClassName:*s Overhead:overhead:{ EnableServiceLinks:enableServiceLinks:*b TopologySpreadConstraints:topologySpreadConstraints:[core.TopologySpreadConstraint OS:os:*core.PodOS SchedulingGates:schedulingGates:[core.PodSchedulingGate ResourceClaims:resourceClaims:[core.PodResourceClaim Resources:resources:*core.ResourceRequirements HostnameOverride:hostnameOverride:*s SchedulingGroup:schedulingGroup:*core.PodSchedulingGroup',
  'core.PodTemplateSpec': ':metadata:= Spec:spec:core.PodSpec',
  'core.PortworxVolumeSource': 'VolumeID:volumeID:s FSType:fsType:s ReadOnly:readOnly:b',
  'core.PreferredSchedulingTerm': 'Weight:weight:n Preference:preference:core.NodeSelectorTerm',
  'core.Probe':
    '::core.ProbeHandler InitialDelaySeconds:initialDelaySeconds:n TimeoutSeconds:timeoutSeconds:n PeriodSeconds:periodSeconds:n SuccessThreshold:successThreshold:n FailureThreshold:failureThreshold:n TerminationGracePeriodSeconds:terminationGracePeriodSeconds:*n',
  'core.ProbeHandler':
    'Exec:exec:*core.ExecAction HTTPGet:httpGet:*core.HTTPGetAction TCPSocket:tcpSocket:*core.TCPSocketAction GRPC:grpc:*core.GRPCAction',
  'core.ProjectedVolumeSource': 'Sources:sources:[core.VolumeProjection DefaultMode:defaultMode:*n',
  'core.QuobyteVolumeSource': 'Registry:registry:s Volume:volume:s ReadOnly:readOnly:b User:user:s Group:group:s Tenant:tenant:s',
  'core.RBDPersistentVolumeSource':
    'CephMonitors:monitors:[s RBDImage:image:s FSType:fsType:s RBDPool:pool:s RadosUser:user:s Keyring:keyring:s SecretRef:secretRef:*core.SecretReference ReadOnly:readOnly:b',
  'core.RBDVolumeSource':
    'CephMonitors:monitors:[s RBDImage:image:s FSType:fsType:s RBDPool:pool:s RadosUser:user:s Keyring:keyring:s SecretRef:secretRef:*core.LocalObjectReference ReadOnly:readOnly:b',
  'core.ResourceClaim': 'Name:name:s Request:request:s',
  'core.ResourceFieldSelector': 'ContainerName:containerName:s Resource:resource:s Divisor:divisor:q',
  'core.ResourceRequirements': 'Limits:limits:{ Requests:requests:{ Claims:claims:[core.ResourceClaim',
  'core.SELinuxOptions': 'User:user:s Role:role:s Type:type:s Level:level:s',
  'core.ScaleIOPersistentVolumeSource':
    'Gateway:gateway:s System:system:s SecretRef:secretRef:*core.SecretReference SSLEnabled:sslEnabled:b ProtectionDomain:protectionDomain:s StoragePool:storagePool:s StorageMode:storageMode:s VolumeName:volumeName:s FSType:fsType:s ReadOnly:readOnly:b',
  'core.ScaleIOVolumeSource':
    'Gateway:gateway:s System:system:s SecretRef:secretRef:*core.LocalObjectReference SSLEnabled:sslEnabled:b ProtectionDomain:protectionDomain:s StoragePool:storagePool:s StorageMode:storageMode:s VolumeName:volumeName:s FSType:fsType:s ReadOnly:readOnly:b',
  'core.SeccompProfile': 'Type:type:s LocalhostProfile:localhostProfile:*s',
  'core.SecretEnvSource': '::core.LocalObjectReference Optional:optional:*b',
  'core.SecretKeySelector': '::core.LocalObjectReference Key:key:s Optional:optional:*b',
  'core.SecretProjection': '::core.LocalObjectReference Items:items:[core.KeyToPath Optional:optional:*b',
  'core.SecretReference': 'Name:name:s Namespace:namespace:s',
  'core.SecretVolumeSource': 'SecretName:secretName:s Items:items:[core.KeyToPath DefaultMode:defaultMode:*n Optional:optional:*b',
  'core.SecurityContext':
    'Capabilities:capabilities:*core.Capabilities Privileged:privileged:*b SELinuxOptions:seLinuxOptions:*core.SELinuxOptions WindowsOptions:windowsOptions:*core.WindowsSecurityContextOptions RunAsUser:runAsUser:*n RunAsGroup:runAsGroup:*n RunAsNonRoot:runAsNonRoot:*b ReadOnlyRootFilesystem:readOnlyRootFilesystem:*b AllowPrivilegeEscalation:allowPrivilegeEscalation:*b ProcMount:procMount:*s SeccompProfile:seccompProfile:*core.SeccompProfile AppArmorProfile:appArmorProfile:*core.AppArmorProfile',
  'core.ServiceAccountTokenProjection': 'Audience:audience:s ExpirationSeconds:expirationSeconds:n Path:path:s',
  'core.SleepAction': 'Seconds:seconds:n',
  'core.StorageOSPersistentVolumeSource':
    'VolumeName:volumeName:s VolumeNamespace:volumeNamespace:s FSType:fsType:s ReadOnly:readOnly:b SecretRef:secretRef:*core.ObjectReference',
  'core.StorageOSVolumeSource':
    'VolumeName:volumeName:s VolumeNamespace:volumeNamespace:s FSType:fsType:s ReadOnly:readOnly:b SecretRef:secretRef:*core.LocalObjectReference',
  'core.Sysctl': 'Name:name:s Value:value:s',
  'core.TCPSocketAction': 'Port:port:n Host:host:s',
  'core.Toleration': 'Key:key:s Operator:operator:s Value:value:s Effect:effect:s TolerationSeconds:tolerationSeconds:*n',
  'core.TopologySpreadConstraint':
    'MaxSkew:maxSkew:n TopologyKey:topologyKey:s WhenUnsatisfiable:whenUnsatisfiable:s LabelSelector:labelSelector:= MinDomains:minDomains:*n NodeAffinityPolicy:nodeAffinityPolicy:*s NodeTaintsPolicy:nodeTaintsPolicy:*s MatchLabelKeys:matchLabelKeys:[s',
  'core.TypedLocalObjectReference': 'APIGroup:apiGroup:*s Kind:kind:s Name:name:s',
  'core.TypedObjectReference': 'APIGroup:apiGroup:*s Kind:kind:s Name:name:s Namespace:namespace:*s',
  'core.Volume': 'Name:name:s ::core.VolumeSource',
  'core.VolumeDevice': 'Name:name:s DevicePath:devicePath:s',
  'core.VolumeMount':
    'Name:name:s ReadOnly:readOnly:b RecursiveReadOnly:recursiveReadOnly:*s MountPath:mountPath:s SubPath:subPath:s MountPropagation:mountPropagation:*s SubPathExpr:subPathExpr:s',
  'core.VolumeNodeAffinity': 'Required:required:*core.NodeSelector',
  'core.VolumeProjection':
    'Secret:secret:*core.SecretProjection DownwardAPI:downwardAPI:*core.DownwardAPIProjection ConfigMap:configMap:*core.ConfigMapProjection ServiceAccountToken:serviceAccountToken:*core.ServiceAccountTokenProjection ClusterTrustBundle:clusterTrustBundle:*core.ClusterTrustBundleProjection PodCertificate:podCertificate:*core.PodCertificateProjection',
  'core.VolumeResourceRequirements': 'Limits:limits:{ Requests:requests:{',
  'core.VolumeSource':
    'HostPath:hostPath:*core.HostPathVolumeSource EmptyDir:emptyDir:*core.EmptyDirVolumeSource GCEPersistentDisk:gcePersistentDisk:*core.GCEPersistentDiskVolumeSource AWSElasticBlockStore:awsElasticBlockStore:*core.AWSElasticBlockStoreVolumeSource GitRepo:gitRepo:*core.GitRepoVolumeSource Secret:secret:*core.SecretVolumeSource NFS:nfs:*core.NFSVolumeSource ISCSI:iscsi:*core.ISCSIVolumeSource Glusterfs:glusterfs:*core.GlusterfsVolumeSource PersistentVolumeClaim:persistentVolumeClaim:*core.PersistentVolumeClaimVolumeSource RBD:rbd:*core.RBDVolumeSource Quobyte:quobyte:*core.QuobyteVolumeSource FlexVolume:flexVolume:*core.FlexVolumeSource Cinder:cinder:*core.CinderVolumeSource CephFS:cephfs:*core.CephFSVolumeSource Flocker:flocker:*core.FlockerVolumeSource DownwardAPI:downwardAPI:*core.DownwardAPIVolumeSource FC:fc:*core.FCVolumeSource AzureFile:azureFile:*core.AzureFileVolumeSource ConfigMap:configMap:*core.ConfigMapVolumeSource VsphereVolume:vsphereVolume:*core.VsphereVirtualDiskVolumeSource AzureDisk:azureDisk:*core.AzureDiskVolumeSource PhotonPersistentDisk:photonPersistentDisk:*core.PhotonPersistentDiskVolumeSource Projected:projected:*core.ProjectedVolumeSource PortworxVolume:portworxVolume:*core.PortworxVolumeSource ScaleIO:scaleIO:*core.ScaleIOVolumeSource StorageOS:storageos:*core.StorageOSVolumeSource CSI:csi:*core.CSIVolumeSource Ephemeral:ephemeral:*core.EphemeralVolumeSource Image:image:*core.ImageVolumeSource',
  'core.VsphereVirtualDiskVolumeSource':
    'VolumePath:volumePath:s FSType:fsType:s StoragePolicyName:storagePolicyName:s StoragePolicyID:storagePolicyID:s',
  'core.WeightedPodAffinityTerm': 'Weight:weight:n PodAffinityTerm:podAffinityTerm:core.PodAffinityTerm',
  'core.WindowsSecurityContextOptions':
    'GMSACredentialSpecName:gmsaCredentialSpecName:*s GMSACredentialSpec:gmsaCredentialSpec:*s RunAsUserName:runAsUserName:*s HostProcess:hostProcess:*b',
  'flowcontrol.ExemptPriorityLevelConfiguration': 'NominalConcurrencyShares:nominalConcurrencyShares:*n LendablePercent:lendablePercent:*n',
  'flowcontrol.FlowDistinguisherMethod': 'Type:type:s',
  'flowcontrol.FlowSchemaSpec':
    'PriorityLevelConfiguration:priorityLevelConfiguration:flowcontrol.PriorityLevelConfigurationReference MatchingPrecedence:matchingPrecedence:n DistinguisherMethod:distinguisherMethod:*flowcontrol.FlowDistinguisherMethod Rules:rules:[flowcontrol.PolicyRulesWithSubjects',
  'flowcontrol.GroupSubject': 'Name:name:s',
  'flowcontrol.LimitResponse': 'Type:type:s Queuing:queuing:*flowcontrol.QueuingConfiguration',
  'flowcontrol.LimitedPriorityLevelConfiguration':
    'NominalConcurrencyShares:nominalConcurrencyShares:n LimitResponse:limitResponse:flowcontrol.LimitResponse LendablePercent:lendablePercent:*n BorrowingLimitPercent:borrowingLimitPercent:*n',
  'flowcontrol.NonResourcePolicyRule': 'Verbs:verbs:[s NonResourceURLs:nonResourceURLs:[s',
  'flowcontrol.PolicyRulesWithSubjects':
    'Subjects:subjects:[flowcontrol.Subject ResourceRules:resourceRules:[flowcontrol.ResourcePolicyRule NonResourceRules:nonResourceRules:[flowcontrol.NonResourcePolicyRule',
  'flowcontrol.PriorityLevelConfigurationReference': 'Name:name:s',
  'flowcontrol.PriorityLevelConfigurationSpec':
    'Type:type:s Limited:limited:*flowcontrol.LimitedPriorityLevelConfiguration Exempt:exempt:*flowcontrol.ExemptPriorityLevelConfiguration',
  'flowcontrol.QueuingConfiguration': 'Queues:queues:n HandSize:handSize:n QueueLengthLimit:queueLengthLimit:n',
  'flowcontrol.ResourcePolicyRule':
    'Verbs:verbs:[s APIGroups:apiGroups:[s Resources:resources:[s ClusterScope:clusterScope:b Namespaces:namespaces:[s',
  'flowcontrol.ServiceAccountSubject': 'Namespace:namespace:s Name:name:s',
  'flowcontrol.Subject':
    'Kind:kind:s User:user:*flowcontrol.UserSubject Group:group:*flowcontrol.GroupSubject ServiceAccount:serviceAccount:*flowcontrol.ServiceAccountSubject',
  'flowcontrol.UserSubject': 'Name:name:s',
  'networking.HTTPIngressPath': 'Path:path:s PathType:pathType:*s Backend:backend:networking.IngressBackend',
  'networking.HTTPIngressRuleValue': 'Paths:paths:[networking.HTTPIngressPath',
  'networking.IngressBackend': 'Service:service:*networking.IngressServiceBackend Resource:resource:*core.TypedLocalObjectReference',
  'networking.IngressRule': 'Host:host:s ::networking.IngressRuleValue',
  'networking.IngressRuleValue': 'HTTP:http:*networking.HTTPIngressRuleValue',
  'networking.IngressServiceBackend': 'Name:name:s Port:port:networking.ServiceBackendPort',
  'networking.ParentReference': 'Group:group:s Resource:resource:s Namespace:namespace:s Name:name:s',
  'networking.ServiceBackendPort': 'Name:name:s Number:number:n',
  'networking.ServiceCIDRSpec': 'CIDRs:cidrs:[s',
  'policy.PodDisruptionBudgetSpec':
    'MinAvailable:minAvailable:*n Selector:selector:= MaxUnavailable:maxUnavailable:*n UnhealthyPodEvictionPolicy:unhealthyPodEvictionPolicy:*s',
  'resource.AllocatedDeviceStatus':
    'Driver:driver:s Pool:pool:s Device:device:s ShareID:shareID:*s Conditions:conditions:[= Data:data:= NetworkData:networkData:*resource.NetworkDeviceData',
  'resource.AllocationResult':
    'Devices:devices:resource.DeviceAllocationResult NodeSelector:nodeSelector:*core.NodeSelector AllocationTimestamp:allocationTimestamp:=',
  'resource.CELDeviceSelector': 'Expression:expression:s',
  'resource.CapacityRequirements': 'Requests:requests:{',
  'resource.CounterSet': 'Name:name:s Counters:counters:{',
  'resource.Device':
    'Name:name:s Attributes:attributes:{ Capacity:capacity:{ ConsumesCounters:consumesCounters:[resource.DeviceCounterConsumption NodeName:nodeName:*s NodeSelector:nodeSelector:*core.NodeSelector AllNodes:allNodes:*b Taints:taints:[resource.DeviceTaint BindsToNode:bindsToNode:*b BindingConditions:bindingConditions:[s BindingFailureConditions:bindingFailureConditions:[s AllowMultipleAllocations:allowMultipleAllocations:*b NodeAllocatableResourceMappings:nodeAllocatableResourceMappings:{',
  'resource.DeviceAllocationConfiguration': 'Source:source:s Requests:requests:[s ::resource.DeviceConfiguration',
  'resource.DeviceAllocationResult':
    'Results:results:[resource.DeviceRequestAllocationResult Config:config:[resource.DeviceAllocationConfiguration',
  'resource.DeviceAttribute':
    'IntValue:int:*n BoolValue:bool:*b StringValue:string:*s VersionValue:version:*s IntValues:ints:[n BoolValues:bools:[b StringValues:strings:[s VersionValues:versions:[s',
  'resource.DeviceClaim':
    'Requests:requests:[resource.DeviceRequest Constraints:constraints:[resource.DeviceConstraint Config:config:[resource.DeviceClaimConfiguration',
  'resource.DeviceClaimConfiguration': 'Requests:requests:[s ::resource.DeviceConfiguration',
  'resource.DeviceConfiguration': 'Opaque:opaque:*resource.OpaqueDeviceConfiguration',
  'resource.DeviceConstraint': 'Requests:requests:[s MatchAttribute:matchAttribute:*s DistinctAttribute:distinctAttribute:*s',
  'resource.DeviceCounterConsumption': 'CounterSet:counterSet:s Counters:counters:{',
  'resource.DeviceRequest':
    'Name:name:s Exactly:exactly:*resource.ExactDeviceRequest FirstAvailable:firstAvailable:[resource.DeviceSubRequest',
  'resource.DeviceRequestAllocationResult':
    'Request:request:s Driver:driver:s Pool:pool:s Device:device:s AdminAccess:adminAccess:*b Tolerations:tolerations:[resource.DeviceToleration BindingConditions:bindingConditions:[s BindingFailureConditions:bindingFailureConditions:[s ShareID:shareID:*s ConsumedCapacity:consumedCapacity:{',
  'resource.DeviceSelector': 'CEL:cel:*resource.CELDeviceSelector',
  'resource.DeviceSubRequest':
    'Name:name:s DeviceClassName:deviceClassName:s Selectors:selectors:[resource.DeviceSelector AllocationMode:allocationMode:s Count:count:n Tolerations:tolerations:[resource.DeviceToleration Capacity:capacity:*resource.CapacityRequirements',
  'resource.DeviceTaint': 'Key:key:s Value:value:s Effect:effect:s TimeAdded:timeAdded:=',
  'resource.DeviceToleration': 'Key:key:s Operator:operator:s Value:value:s Effect:effect:s TolerationSeconds:tolerationSeconds:*n',
  'resource.ExactDeviceRequest':
    'DeviceClassName:deviceClassName:s Selectors:selectors:[resource.DeviceSelector AllocationMode:allocationMode:s Count:count:n AdminAccess:adminAccess:*b Tolerations:tolerations:[resource.DeviceToleration Capacity:capacity:*resource.CapacityRequirements',
  'resource.NetworkDeviceData': 'InterfaceName:interfaceName:s IPs:ips:[s HardwareAddress:hardwareAddress:s',
  'resource.OpaqueDeviceConfiguration': 'Driver:driver:s Parameters:parameters:=',
  'resource.ResourceClaimConsumerReference': 'APIGroup:apiGroup:s Resource:resource:s Name:name:s UID:uid:s',
  'resource.ResourceClaimSpec': 'Devices:devices:resource.DeviceClaim',
  'resource.ResourceClaimStatus':
    'Allocation:allocation:*resource.AllocationResult ReservedFor:reservedFor:[resource.ResourceClaimConsumerReference Devices:devices:[resource.AllocatedDeviceStatus',
  'resource.ResourceClaimTemplateSpec': ':metadata:= Spec:spec:resource.ResourceClaimSpec',
  'resource.ResourcePool': 'Name:name:s Generation:generation:n ResourceSliceCount:resourceSliceCount:n',
  'resource.ResourceSliceSpec':
    'Driver:driver:s Pool:pool:resource.ResourcePool NodeName:nodeName:*s NodeSelector:nodeSelector:*core.NodeSelector AllNodes:allNodes:*b Devices:devices:[resource.Device PerDeviceNodeSelection:perDeviceNodeSelection:*b SharedCounters:sharedCounters:[resource.CounterSet',
  'storage.CSINodeDriver': 'Name:name:s NodeID:nodeID:s TopologyKeys:topologyKeys:[s Allocatable:allocatable:*storage.VolumeNodeResources',
  'storage.CSINodeSpec': 'Drivers:drivers:[storage.CSINodeDriver',
  'storage.TokenRequest': 'Audience:audience:s ExpirationSeconds:expirationSeconds:*n',
  'storage.VolumeAttachmentSource':
    'PersistentVolumeName:persistentVolumeName:*s InlineVolumeSpec:inlineVolumeSpec:*core.PersistentVolumeSpec',
  'storage.VolumeAttachmentSpec': 'Attacher:attacher:s Source:source:storage.VolumeAttachmentSource NodeName:nodeName:s',
  'storage.VolumeNodeResources': 'Count:count:*n',
}
