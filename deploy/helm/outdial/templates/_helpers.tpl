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
