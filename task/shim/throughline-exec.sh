#!/bin/sh
# Runs a command as a span below TRACEPARENT. For users: docs/inside-a-step/shell.md
#
# This is the source; pack.js beside it makes task/throughline-exec, of at most 8 KiB. It relies on this:
# - what is our own is called tl_…, and gets a short name; nothing else is renamed;
# - a comment has its lines to itself, and "…" never holds $(…) with a quotation of its own in it;
# - names are those of the whole script: POSIX knows no local variables.
#
# What it must not do: change what the command reads, prints, or ends with; wait for a collector without bound; leave a
# process behind that holds a descriptor of the caller, who may wait for its end ("… 2>&1 | cat"). Hence `exec` inside of what
# goes on by itself: of a redirection around a function or a group bash keeps the descriptors that were there before.
#
# Descriptors: 5 caller's stderr · 6 command's stdin · 7 command's stderr · 8 what it writes there · 9 the last of that
set -uf
tl_say=2 tl_code=2 tl_coarse= tl_count=0 tl_bash=${BASH_VERSINFO-}

# --- Saying and asking

# Ends the script with a word on the caller's stderr.
tl_stop() {
	printf 'throughline-exec: %s\n' "$1" >&$tl_say
	exit $tl_code
}
tl_lost() { tl_stop "span not sent: $1"; }
tl_has() { command -v $1 >/dev/null; }

# Is it a number of seconds that curl and `read -t` take as a limit? 0 would be none.
tl_seconds() {
	case $1 in
		*[!0-9.]* | *.*.* | *. | ????????*) false ;;
		*[1-9]*) ;;
		*) false ;;
	esac
}

# tl_now: nanoseconds since 1970. A date without %N leaves "N" or nothing.
tl_clock() {
	case $tl_bash in
		[5-9])
			tl_now=${EPOCHREALTIME%[.,]*}${EPOCHREALTIME#*[.,]}000
			return ;;
	esac
	tl_now=$(date +%s%N)
	case $tl_now in *[!0-9]* | ??????????) tl_now=${tl_now%%[!0-9]*}000000000 tl_coarse=1 ;; esac
}

# --- Contexts (W3C Trace Context Level 2)

# Takes a traceparent apart, or fails. Ranges such as a-f depend on the locale. Versions above 00 may have more fields.
tl_parse() {
	[ $# = 1 ] || return
	tl_version=${1%%-*} tl_flags=${1#*-}
	tl_trace=${tl_flags%%-*} tl_flags=${tl_flags#*-}
	tl_span=${tl_flags%%-*} tl_flags=${tl_flags#*-}
	[ "$tl_version" = 00 ] || tl_flags=${tl_flags%%-*}
	case $tl_version-$tl_trace-$tl_span-$tl_flags in
		*[!-0123456789abcdef]* | ff* | *-0000000000000000-* | *-00000000000000000000000000000000-*) return 1 ;;
	esac
	[ ${#tl_version}${#tl_trace}${#tl_span}${#tl_flags} = 232162 ]
}

# tl_text: a field of the JSON object in tl_json.
tl_field() {
	tl_text=
	case $tl_json in
		\{*"\"$1\""*\})
			tl_text=${tl_json#*"\"$1\""}
			tl_text=${tl_text#*\"}
			tl_text=${tl_text%%\"*} ;;
	esac
}

# Takes apart the context of the carrier named $1.
tl_carrier() {
	tl_field traceparent
	tl_parse $tl_text || { tl_invalid=${tl_invalid:-$1}; return 1; }
}

# The context taken apart last is the parent. Of its flags "sampled" and "random" are known.
tl_adopt() { tl_own_trace=$tl_trace tl_parent=$tl_span tl_own_flags=0$((0x$tl_flags & 3)); }
tl_adopt_carrier() {
	tl_adopt
	tl_field tracestate
	[ -z "$tl_text" ] || export TRACESTATE="$tl_text"
}

# --- Texts as JSON, without secrets

# Each line of stdin as an attribute value, with commas between. $1 replaces NUL, which ends an argument. Newlines inside of a
# text are \r while sed works. No counted repetitions: sed would need a hundred times the memory.
tl_encode() {
	tl_name="(pass|secret|credential|kubeconfig|(api|access|private)[-_]?key|token|[-_](auth|pwd|pat))[a-z0-9_.-]*"
	tl_hidden='[redacted]'
	tl_is="[\"']? *[:=] *)"
	tl_quote='s/.*/{"stringValue":"&"}/'
	head -c 4096 | tr '\0\n\1-\10\13-\37' "$1\r?" |
		{ iconv -cf UTF-8 -t UTF-8 2>&- || tr '\200-\377' '?'; } |
		LC_ALL=C sed -E "
			# options whose value is the next argument
			:a
			/^--?[a-z0-9_.-]*$tl_name\$/{
			$tl_quote
			n
			/^-/!s/.*/$tl_hidden/
			ba
			}
			/^(-u|--user)\$/{
			$tl_quote
			n
			s/^([^-:][^:]*:).*[^0-9].*/\1$tl_hidden/
			ba
			}
			# what looks like a secret
			s/-----BEGIN [^-]*-----[^-]*(-----END [^-]*-----)?/$tl_hidden/g
			s/(^|[^A-Za-z0-9_-])(gh[pousr]_|github_pat_|glpat-|xox[a-z]-|npm_|sk-|AKIA|eyJ)[A-Za-z0-9_.-]+/\1$tl_hidden/g
			s/((-u|--user)[ =][^] :=\r[]+:)[^] \r[]+/\1$tl_hidden/g
			# what has the name of one
			s/((authorization|cookie)$tl_is[^\"'\r]+/\1$tl_hidden/Ig
			s/($tl_name$tl_is(\"[^\"\r]+|'[^'\r]+|[^] \t\r\"'&;,[]+)/\1$tl_hidden/Ig
			# https://user:password@host and user:password@host, but not image:tag@sha256:…
			s,(://|[^] :/@=\r[]+:)[^] /@\r[]+(@([^s]|s[^h])),\1$tl_hidden\2,g
			s/[\\\"]/\\\\&/g
			s/\r/\\\\n/g
			s/\t/\\\\t/g
			$tl_quote
			128q" | tr '\n' ,
}

# Can it be written as it is? Most can, and a process costs a millisecond. With $1 "-" also what might hide a secret cannot.
tl_plain() {
	case $1$2 in *[!\ -~]* | *[\"\\]* | --??* | -*[=:@]* | -????????????????????*) false ;; esac
}

# tl_json: $2 as a JSON string.
tl_json_string() {
	tl_json=\"$2\"
	tl_plain "$1" "$2" || {
		tl_json=$(printf %s "$2" | tl_encode '?')
		tl_unwrap
	}
}
tl_unwrap() {
	tl_json=${tl_json#*:}
	tl_json=${tl_json%\}*}
}

# Adds to tl_list the attribute $1 of type $2.
tl_put() { tl_list=$tl_list${tl_list:+,}'{"key":"'$1'","value":{"'$2Value'":'$3'}}'; }
tl_attribute() {
	tl_json_string - "$2"
	tl_put $1 string "$tl_json"
}

# --- Lists of key=value as OpenTelemetry's variables have them

# Runs $2 for each pair of $1, with tl_key and tl_value. What is not percent-encoded needs no process.
tl_pairs() {
	tl_rest=$1,
	while [ "$tl_rest" ]; do
		tl_text=${tl_rest%%,*} tl_rest=${tl_rest#*,}
		tl_key=${tl_text%%=*} tl_value=${tl_text#*=}
		case $tl_value in
			*%*)
				tl_value=$(printf %s "$tl_value" | sed 's/\\/&&/g;s/%\(..\)/\\x\1/g')
				tl_value=$(env printf %b "$tl_value") ;;
		esac
		case $tl_key in '' | "$tl_text" | *[!-_./0-9A-Za-z]*) ;; *) $2 ;; esac
	done
}

# OTEL_SERVICE_NAME wins over service.name; tl_service tells whether either is there.
tl_resource() {
	[ $tl_key != service.name ] || { [ -z "$tl_service" ] || return; tl_service=2; }
	tl_json_string '' "$tl_value"
	tl_put $tl_key string "$tl_json"
}
tl_header() { tl_headers="$tl_headers$tl_key: $tl_value
"; }

# --- Delivery

# bash's own POST. Says "+" when connected, then how the answer begins. Its end is bounded even if the script is killed.
tl_socket() {
	exec <&2 5>&- 8<>"/dev/tcp/${tl_text%:*}/${tl_text##*:}" && echo + || exit
	IFS='
'
	printf '%s\r\n' "POST /${tl_url#*://*/} HTTP/1.0" "Host: $tl_text" "$tl_type" "Content-Length: ${#tl_body}" $tl_headers '' >&8
	printf %s "$tl_body" >&8
	read -r -t $tl_max -n 12 tl_text <&8
	echo "$tl_text"
	# A collector that still writes is not cut off.
	read -r -t 1 -d '' tl_text <&8
}

# The sender is a child: `wait` and `read` can be interrupted. It gets none of the caller's descriptors.
tl_post() {
	LC_ALL=C tl_headers= tl_type='Content-Type: application/json'
	tl_pairs "${OTEL_EXPORTER_OTLP_TRACES_HEADERS:-${OTEL_EXPORTER_OTLP_HEADERS-}}" tl_header
	tl_text=${tl_url#*//}
	tl_text=${tl_text%%/*}
	case $tl_bash$tl_url${http_proxy+@} in
		*[!-:/._%0-9A-Za-z]*) ;;
		[5-9]http://*:*/*)
			eval 'exec 9< <(tl_socket)'
			if read -r -t .25 tl_text <&9; then
				read -r -t $tl_max tl_text <&9
				case $tl_text in
					HTTP/?.?\ 2[0-9][0-9]) return ;;
					HTTP/?.?\ [0-9][0-9][0-9]) ;;
					*) tl_text= ;;
				esac
			fi
			kill $!
			tl_lost "$tl_url: ${tl_text:-no answer}" ;;
	esac
	if tl_has curl; then
		printf %s "$tl_headers" | curl -qfs -H @- -m $tl_max --connect-timeout .25 -H "$tl_type" --data-binary "$tl_body" "$tl_url" >&2 5>&- &
	elif tl_has wget && tl_has timeout; then
		[ -z "$tl_headers" ] || tl_lost 'wget would show the headers'
		timeout $tl_max wget -qO- --header "$tl_type" --post-data "$tl_body" "$tl_url" >&2 5>&- &
	else
		tl_lost 'no curl, no wget'
	fi
	# A URL may have a password in it: not said.
	wait $! || tl_lost "code $?"
}

# --- Where to? Without a destination the command takes the place of the script.

tl_url=${OTEL_EXPORTER_OTLP_ENDPOINT-}
tl_url=${OTEL_EXPORTER_OTLP_TRACES_ENDPOINT:-${tl_url:+${tl_url%/}/v1/traces}}
tl_to=${THROUGHLINE_SPOOL:-$tl_url}
case ${OTEL_SDK_DISABLED-}-${OTEL_TRACES_EXPORTER-} in true-* | *-none) tl_to= ;; esac
# bash has a clock and sockets without processes, and SIGINT for the command.
if [ -z "$tl_bash" ] && [ "$tl_to" ] && tl_has bash; then exec bash -p "$0" "$@"; fi

# --- Options

# A variable that somebody set for all steps must not keep a command from running.
tl_label= tl_list= tl_max=${THROUGHLINE_EXEC_TIMEOUT-} tl_excerpt=${THROUGHLINE_EXEC_STDERR:-1}
tl_seconds "$tl_max" || tl_max=1
while :; do
	tl_key=${1-}
	tl_value=${tl_key#*=}
	case $tl_key in
		--help)
			echo '[--name NAME] [--attr KEY=VALUE]... [--no-stderr] [--timeout SECONDS] [--] COMMAND
Waits .25 s to connect, SECONDS (1) for an answer'
			exit ;;
		--name | --attr | --timeout)
			[ $# != 1 ] || tl_stop "$1 needs a value"
			tl_value=$2
			shift ;;
		--name=* | --attr=* | --timeout=* | --no-stderr) ;;
		--)
			shift
			break ;;
		-*) tl_stop "unknown option $1, see --help" ;;
		*) break ;;
	esac
	shift
	case $tl_key in
		--nam*) tl_label=$tl_value ;;
		--no*) tl_excerpt=0 ;;
		--t*)
			tl_seconds "$tl_value" || tl_stop '--timeout takes seconds'
			tl_max=$tl_value ;;
		*)
			tl_key=${tl_value%%=*} tl_count=$((tl_count+1))
			case $tl_key in "$tl_value" | '' | *[!-_./0-9A-Za-z]*) tl_stop '--attr takes KEY=VALUE' ;; esac
			# With its key a value tells whether it is secret.
			[ $tl_count -gt 64 ] || {
				tl_json_string - "$tl_value"
				tl_put $tl_key string "\"${tl_json#*=}"
			} ;;
	esac
done
[ $# != 0 ] || tl_stop 'no command'
[ "$tl_to" ] || exec "$@"

# --- Which trace? 16 random bytes are the trace's id; their second half is the span's.

{ read -r tl_text </proc/sys/kernel/random/uuid || tl_text=$(od -An -N16 -tx4 /dev/urandom); } 2>/dev/null
tl_own_trace= tl_invalid= tl_link= tl_parent= tl_own_flags=01 IFS=' -'
for tl_text in $tl_text; do tl_own_trace=$tl_own_trace$tl_text; done
unset IFS
[ "$tl_own_trace" ] || exec "$@"
tl_id=${tl_own_trace#????????????????}
[ -e /proc/self/fd/0 ] || exec </dev/null

tl_json=${TEKTON_TASKRUN_SPAN_CONTEXT-}
if tl_parse ${TRACEPARENT-}; then
	tl_adopt
else
	# It belongs to the context that is not there.
	unset TRACESTATE
	[ -z "${TRACEPARENT-}" ] || tl_invalid=TRACEPARENT
	[ -z "$tl_json" ] || ! tl_carrier TEKTON_TASKRUN_SPAN_CONTEXT || tl_adopt_carrier
fi

# A saved context: the parent if there is no other and it is not from another day; else a link.
tl_file=${THROUGHLINE_CONTEXT_FILE:-/workspace/trace-ctx/traceparent.json} tl_json=
if [ -e "$tl_file" ]; then
	[ ! -f "$tl_file" ] || { tl_json=$(head -c 65537 "$tl_file"); } 2>/dev/null
	if tl_carrier file && [ "$tl_trace$tl_span" != $tl_own_trace$tl_parent ]; then
		if [ "$tl_parent" ]; then
			tl_link=1
		elif [ "$(find "$tl_file" -mtime +0)" ]; then
			tl_link=1 tl_invalid=${tl_invalid:-file}
			echo "throughline-exec: $tl_file is a day old: linked" >&2
		else
			tl_adopt_carrier
		fi
		[ -z "$tl_link" ] || tl_link='{"traceId":"'$tl_trace'","spanId":"'$tl_span'"}'
	fi
fi
export TRACEPARENT=00-$tl_own_trace-$tl_id-$tl_own_flags
# Nothing is recorded below what is not.
case $tl_own_flags in *[02]) exec "$@" ;; esac

# --- The command

# Other shells than bash make background commands deaf to INT: TERM stands in.
tl_pid= tl_signal= tl_trapped= tl_int=TERM
[ -z "$tl_bash" ] || tl_int=INT
tl_forward() {
	tl_trapped=$1 tl_signal=$2
	[ -z "$tl_pid" ] || kill -s $2 $tl_pid
}
trap 'tl_forward 143 TERM' TERM
trap 'tl_forward 129 HUP' HUP
trap "tl_forward 130 $tl_int" INT

# Pipes without names: a short document is the end of one to read from, and /proc opens its other end.
exec 5>&2 7>&2 8<<E 9<<E
.
E
.
E
if [ "$tl_excerpt" = 0 ] || [ -t 2 ] || ! [ -p /proc/self/fd/8 ] || ! tl_has tail; then
	tl_excerpt=
else
	read -r tl_text <&8
	read -r tl_text <&9
	exec 7>/proc/self/fd/8
fi
tl_say=5
exec 2>/dev/null

# A shell gives background commands /dev/null to read, hence 6.
{ (
	[ $tl_int = TERM ] || trap - INT QUIT
	exec "$@" <&6 2>&7 5>&- 6<&- 7>&- 8<&- 9<&-
) & } 6<&0
tl_pid=$!
[ -z "$tl_signal" ] || kill -s $tl_signal $tl_pid
tl_clock
tl_start=$tl_now

# Passes stderr on and keeps its end, as long as somebody holds 7; only tee has anything of the caller's.
exec 7>&-
if [ "$tl_excerpt" ]; then
	{
		exec <&8 >&2 8<&-
		trap '' TERM HUP
		tee /proc/self/fd/3 3>&1 >&5 | tail -c 4096 >/proc/self/fd/9 5>&-
	} &
	tl_excerpt=$!
fi
exec 8<&-

# A trap ends the wait with a code of its own.
wait $tl_pid
tl_code=$?
while [ $tl_code = "$tl_trapped" ]; do
	tl_trapped= tl_text=$tl_code
	wait $tl_pid
	tl_code=$?
	# The command had ended already: 127, and -1 from bash 5.2.
	case $tl_code in 127 | -1) tl_code=$tl_text ;; esac
done
tl_clock
# From here on nobody waits: what runs last, such as the sender, goes as well. tee does not hear it.
trap 'kill $!; exit $tl_code' TERM HUP INT

# --- The span

tl_attributes=$tl_list tl_list= tl_service=${OTEL_SERVICE_NAME:+1}
tl_given=${OTEL_RESOURCE_ATTRIBUTES-}
tl_pairs "$tl_given" tl_resource
for tl_text in tekton.pipeline.name:TEKTON_PIPELINE_NAME tekton.pipelinerun.name:TEKTON_PIPELINE_RUN tekton.pipeline_task.name:TEKTON_TASK_NAME tekton.taskrun.name:TEKTON_TASK_RUN k8s.namespace.name:K8S_NAMESPACE k8s.pod.name:K8S_POD_NAME k8s.pod.uid:K8S_POD_UID k8s.node.name:K8S_NODE_NAME; do
	tl_key=${tl_text%:*}
	eval "tl_value=\${${tl_text#*:}-}"
	case $tl_value,$tl_given in ,* | *,$tl_key=*) ;; *) tl_resource ;; esac
done
[ "$tl_service" = 2 ] || tl_attribute service.name "${OTEL_SERVICE_NAME:-${TEKTON_TASK_NAME:-unknown_service}}"
tl_about=$tl_list tl_list=$tl_attributes tl_words=

for tl_text do
	tl_plain - "$tl_text" && [ ${#tl_words} -lt 4096 ] || {
		tl_words=$(printf '%s\0' "$@" | tl_encode '\n')
		break
	}
	tl_words=$tl_words'{"stringValue":"'$tl_text'"},'
done
tl_put process.command_args array '{"values":['"${tl_words%,}"']}'
tl_put process.pid int $tl_pid
tl_attribute process.executable.name "${1##*/}"
[ -z "$tl_invalid" ] || tl_attribute throughline.context.invalid $tl_invalid
tl_json_string - "${tl_label:-${1##*/}}"
tl_label=$tl_json

# The last of stderr is there when all who hold it have ended. What the command left behind may take long: 50 ms.
if [ "$tl_excerpt" ]; then
	trap : USR1
	{
		exec >&2 5>&-
		sleep .05
		kill -s USR1 $$
	} &
	tl_text=$!
	if wait $tl_excerpt && [ $tl_code != 0 ]; then
		tl_value=$(tr '\0' '?' <&9)
		# Of 4 KiB the first line is not whole.
		[ ${#tl_value} -lt 4000 ] || tl_value=${tl_value#*'
'}
		[ -z "$tl_value" ] || tl_attribute error.message "$tl_value"
	fi
	# KILL: a shell that has just been forked may still take TERM for its parent's.
	kill -9 $tl_text
fi

tl_put process.exit.code int $tl_code
tl_status=
if [ $tl_code != 0 ]; then
	tl_status='"code":2' tl_text=exit_code_$tl_code
	tl_key=$(command -v -- "$1")
	case $tl_code in
		127) [ -x "$tl_key" ] || tl_text=not_found ;;
		126) [ ! -d "$tl_key" ] && [ -x "$tl_key" ] || tl_text=not_executable ;;
		129 | 1[3-5]?) tl_text=SIG$(kill -l $tl_code) ;;
	esac
	tl_attribute error.type $tl_text
fi
[ -z "$tl_coarse" ] || tl_attribute throughline.time.resolution s
# Clocks are set back at times.
[ $tl_now -gt $tl_start ] || tl_now=$tl_start
tl_text=
case ${TRACESTATE-} in *[!\ -~]* | *[\"\\]*) ;; ?*) tl_text='"traceState":"'$TRACESTATE'",' ;; esac
tl_body='{"resourceSpans":[{"resource":{"attributes":['$tl_about']},"scopeSpans":[{"scope":{"name":"throughline-exec"},"spans":[{"traceId":"'$tl_own_trace'","spanId":"'$tl_id'","parentSpanId":"'$tl_parent'",'$tl_text'"name":'$tl_label',"kind":3,"startTimeUnixNano":"'$tl_start'","endTimeUnixNano":"'$tl_now'","attributes":['$tl_list'],"links":['$tl_link'],"status":{'$tl_status'}}]}]}]}'
if [ "$tl_to" = "$tl_url" ]; then
	tl_post
elif [ -p "$tl_to" ] || ! printf '%s\n' "$tl_body" >>"$tl_to"; then
	tl_lost "cannot write $tl_to"
fi
exit $tl_code
