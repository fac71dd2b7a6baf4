{{/* The name of everything: the release's, with the chart's where that doesn't say it already. */}}
{{- define "headgate.name" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{ .Release.Name | trunc 53 | trimSuffix "-" }}
{{- else -}}
{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 53 | trimSuffix "-" }}
{{- end -}}
{{- end -}}

{{- define "headgate.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "headgate.metadata" -}}
name: {{ include "headgate.name" . }}
namespace: {{ .Release.Namespace }}
labels:
  {{- include "headgate.labels" . | nindent 2 }}
{{- end -}}

{{/* The configuration file: what the chart knows, and the user's words over it. */}}
{{- define "headgate.configuration" -}}
{{- $files := list -}}
{{- range .Values.secrets.webhooks }}{{ $files = append $files (printf "/secrets/%s" .) }}{{ end -}}
{{- $own := dict
  "apiVersion" "headgate.dev/v1alpha1"
  "kind" "Configuration"
  "listen" "0.0.0.0:7466"
  "journal" "/var/lib/headgate/journal.sqlite"
  "manifests" (list "/manifests")
-}}
{{- if $files }}{{ $_ := set $own "webhooks" (dict "secretFiles" $files) }}{{ end -}}
{{- $all := mustMergeOverwrite $own (deepCopy .Values.configuration) -}}
{{- $kubernetes := $all.kubernetes | default dict -}}
{{- if hasKey $kubernetes "leaderElection" -}}
{{- $election := $kubernetes.leaderElection -}}
{{- if not $election.namespace }}{{ $_ := set $election "namespace" .Release.Namespace }}{{ end -}}
{{- if and (not $election.name) (ne (include "headgate.name" .) "headgate") -}}
{{- $_ := set $election "name" (include "headgate.name" .) -}}
{{- end -}}
{{- else if gt (int .Values.replicas) 1 -}}
{{- fail "replicas: more than one process needs configuration.kubernetes.leaderElection, or two would write one journal" -}}
{{- end -}}
{{ toYaml $all }}
{{- end -}}
