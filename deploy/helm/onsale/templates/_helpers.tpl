{{- define "onsale.labels" -}}
app.kubernetes.io/name: onsale
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ include "onsale.tag" . | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- /* Takes a dict of root and service. */ -}}
{{- define "onsale.selector" -}}
app.kubernetes.io/name: onsale
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .service }}
{{- end }}

{{- define "onsale.tag" -}}
{{- .Values.image.tag | default .Chart.AppVersion -}}
{{- end }}

{{- define "onsale.image" -}}
image: {{ printf "%s:%s" .Values.image.repository (include "onsale.tag" .) | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
{{- end }}

{{- define "onsale.podSecurity" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  seccompProfile: { type: RuntimeDefault }
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "onsale.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end }}

{{- /* Every service is told of all others; a name without an address of its own counts as all its pods. */ -}}
{{- define "onsale.env" -}}
- { name: NODE_ENV, value: production }
- { name: HOST, value: 0.0.0.0 }
- { name: PORT, value: '8080' }
- { name: KAFKA_BROKERS, value: {{ .Values.kafka.brokers | quote }} }
- { name: ONSALE_TOPIC_PREFIX, value: {{ .Values.kafka.topicPrefix | quote }} }
- { name: TRUST_PROXY, value: {{ .Values.trustProxy | quote }} }
{{- range $service := tuple "users" "catalog" "seating" "orders" "payments" }}
- { name: {{ upper $service }}_URL, value: {{ printf "http://%s-%s:8080" $.Release.Name $service | quote }} }
{{- end }}
{{- range $key := tuple "DATABASE_URL" "JWT_SECRET" "INTERNAL_SECRET" }}
- name: {{ $key }}
  valueFrom: { secretKeyRef: { name: {{ $.Values.secretName }}, key: {{ $key }} } }
{{- end }}
{{- range $service, $key := .Values.databaseUrlKeys }}
- name: {{ upper $service }}_DATABASE_URL
  valueFrom: { secretKeyRef: { name: {{ $.Values.secretName }}, key: {{ $key }} } }
{{- end }}
{{- range $name, $value := .Values.settings }}
- { name: {{ $name }}, value: {{ $value | quote }} }
{{- end }}
{{- end }}
