{{/* What several manifests have in common. */}}
{{- define "ces.tag" -}}{{ .Values.image.tag | default .Chart.AppVersion }}{{- end }}
{{- define "ces.image" -}}{{ .Values.image.repository }}:{{ include "ces.tag" . }}{{- end }}
{{- define "ces.standalone" -}}{{ include "ces.image" . }}{{ .Values.image.standaloneSuffix }}{{- end }}
{{- define "ces.redisSecret" -}}{{ .Values.redis.existingSecret | default (printf "%s-redis" .Release.Name) }}{{- end }}
{{- define "ces.keysSecret" -}}{{ .Values.api.existingKeysSecret | default (printf "%s-keys" .Release.Name) }}{{- end }}
{{- define "ces.redisUrl" -}}
{{- if .Values.redis.trial -}}
redis://:{{ .Values.redis.password }}@{{ .Release.Name }}-redis.{{ .Release.Namespace }}:6379
{{- else -}}
{{ .Values.redis.url }}
{{- end -}}
{{- end }}
{{- define "ces.labels" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}
{{- define "ces.settings" -}}
{{- range $name, $value := . }}
- { name: {{ $name }}, value: {{ $value | quote }} }
{{- end }}
{{- end }}
{{- define "ces.spread" -}}
topologySpreadConstraints:
  {{- range $key := list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - maxSkew: 1
    topologyKey: {{ $key }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector: { matchLabels: {{ include "ces.labels" $ | fromYaml | toJson }} }
  {{- end }}
{{- end }}
{{- define "ces.withoutPrivilege" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}
