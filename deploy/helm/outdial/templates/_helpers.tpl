{{- define "outdial.labels" -}}
app.kubernetes.io/name: {{ .Release.Name }}
{{- with .Values.labels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "outdial.image" -}}
{{ .Values.image.repository }}@{{ required "image.digest: the digest of the image, sha256:…" .Values.image.digest }}
{{- end }}

{{- /* What the pods of the service and of the migration share: account, image pull, places. */}}
{{- define "outdial.pod" -}}
automountServiceAccountToken: {{ .Values.serviceAccount.mountToken }}
{{- if and .Values.serviceAccount.name (not .Values.serviceAccount.create) }}
serviceAccountName: {{ .Values.serviceAccount.name }}
{{- end }}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.podSecurityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "outdial.claim" -}}
{{- $one := index .Values .volume }}
{{- if $one.enabled }}
- name: {{ .volume }}
  persistentVolumeClaim: { claimName: {{ $one.existingClaim | default (printf "%s-%s" .Release.Name .volume) }} }
{{- end }}
{{- end }}

{{- /* Values that Kubernetes would refuse, or with which no node could be drained, by their names. */}}
{{- define "outdial.check" -}}
{{- $least := int .Values.replicas.least }}
{{- if and .Values.replicas.autoscale (lt (int .Values.replicas.most) $least) }}
{{- fail "replicas.most: less than replicas.least" }}
{{- end }}
{{- with .Values.disruptionBudget }}
{{- if or (eq (toString .minAvailable) "100%") (and (not (kindIs "string" .minAvailable)) (ge (int .minAvailable) $least)) (has (toString .maxUnavailable) (list "0" "0%")) }}
{{- fail (printf "disruptionBudget: with %d replicas no node could be drained; null makes none" $least) }}
{{- end }}
{{- end }}
{{- if or (hasKey (.Values.labels | default dict) "app.kubernetes.io/name") (hasKey (.Values.podLabels | default dict) "app.kubernetes.io/name") }}
{{- fail "labels, podLabels: app.kubernetes.io/name is the chart's" }}
{{- end }}
{{- $names := list "config" "data" "tmp" }}
{{- $paths := list "/etc/outdial" "/data" "/tmp" }}
{{- range list "lake" "heads" }}
{{- if (index $.Values .).enabled }}
{{- $names = append $names . }}
{{- $paths = append $paths (printf "/%s" .) }}
{{- end }}
{{- end }}
{{- range .Values.extraVolumes }}
{{- if has .name $names }}{{ fail (printf "extraVolumes: %s is there twice" .name) }}{{ end }}
{{- $names = append $names .name }}
{{- end }}
{{- range .Values.extraVolumeMounts }}
{{- if not (has .name $names) }}{{ fail (printf "extraVolumeMounts: no volume is called %s" .name) }}{{ end }}
{{- if has .mountPath $paths }}{{ fail (printf "extraVolumeMounts: %s is there twice" .mountPath) }}{{ end }}
{{- $paths = append $paths .mountPath }}
{{- end }}
{{- $variables := list }}
{{- range $name, $key := .Values.secretKeys }}
{{- if $key }}{{ $variables = append $variables $name }}{{ end }}
{{- end }}
{{- range .Values.extraEnv }}
{{- if has .name $variables }}{{ fail (printf "extraEnv: %s is there twice, in secretKeys or here" .name) }}{{ end }}
{{- $variables = append $variables .name }}
{{- end }}
{{- end }}
